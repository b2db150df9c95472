import { describe } from 'vitest';
import { describeRegistryContract } from './testing/registry-contract.ts';
import { startReplica } from './testing/start-replica.ts';

describe('the registry of a single process', () => describeRegistryContract(() => startReplica()));
