import type { IncomingMessage } from 'node:http';

/** How many times the limit is read and thrown away, so that a client that is still sending can read the refusal. */
const DRAIN_FACTOR = 16;

/**
 * Collects a body of at most `limit` bytes and hands it on; `done(undefined)` says that it is larger. Whoever breaks off
 * the connection is not called back: there is nobody left to answer.
 */
export function readBody(req: IncomingMessage, limit: number, done: (body: Buffer | undefined) => void): void {
  const declared = req.headers['content-length'];
  if (declared !== undefined && Number(declared) > limit) {
    drain(req, limit * DRAIN_FACTOR);
    done(undefined);
    return;
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let size = 0;
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) {
      req.off('data', onData);
      req.off('end', onEnd);
      drain(req, limit * DRAIN_FACTOR);
      done(undefined);
    } else if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  };
  const onEnd = () => done(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, size));
  req.on('data', onData);
  req.on('end', onEnd);
}

function drain(req: IncomingMessage, limit: number): void {
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) req.socket.destroy();
  });
}
