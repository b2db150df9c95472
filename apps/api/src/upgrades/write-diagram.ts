import { readFileSync, writeFileSync } from 'node:fs';
import { withDiagram } from './draw-machine.ts';

const path = new URL('../../../../../docs/guides/upgrades.md', import.meta.url);
writeFileSync(path, withDiagram(readFileSync(path, 'utf8')));
