import { serveThread } from '../infra/threads/serve-thread.ts';
import { readUpload, type Upload } from './read-upload.ts';

serveThread((upload: Upload) => readUpload(upload));
