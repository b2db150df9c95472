import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../access/caller.ts';
import type { Called } from './operation.decorator.ts';

/** What guard and interceptor leave on the request for those behind them. */
export interface CallRequest extends IncomingMessage {
  params: Record<string, string>;
  traceId?: string;
  caller?: Caller;
  called?: Called<unknown>;
}
