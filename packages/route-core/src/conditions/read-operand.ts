import type { Operand, PortionRecord, UnitRecord } from '../routing-records.ts';
import { beginSalt, bucketOf } from '../splits/bucket-of.ts';
import { parseClaimPath } from './claim-path.ts';
import type { Facts } from './facts.ts';

export type ReadValue = (facts: Facts) => unknown;
export type ReadText = (facts: Facts) => string | undefined;

/** Reads a value of the request; undefined = missing. Headers, cookies and the query may be '', nothing else is. */
export function compileValue(operand: Operand): ReadValue {
  if (operand.from === 'attribute') {
    const { name } = operand;
    return (facts) => facts.attribute(name);
  }
  if (operand.from === 'claim') {
    const path = parseClaimPath(operand.name);
    return (facts) => facts.claim(path);
  }
  return compileText(operand);
}

/** Reads a value that is text; undefined = missing, or something else than text. */
export function compileText(operand: Operand): ReadText {
  switch (operand.from) {
    case 'header': {
      const name = operand.name.toLowerCase();
      return (facts) => facts.header(name);
    }
    case 'cookie': {
      const { name } = operand;
      return (facts) => facts.cookie(name);
    }
    case 'query': {
      const { name } = operand;
      return (facts) => facts.query(name);
    }
    case 'attribute':
    case 'claim': {
      const read = compileValue(operand);
      return (facts) => {
        const value = read(facts);
        return typeof value === 'string' ? value : undefined;
      };
    }
    case 'path':
      return (facts) => facts.path || undefined;
    case 'method':
      return (facts) => facts.method || undefined;
    case 'user':
      return (facts) => facts.user || undefined;
    case 'session':
      return (facts) => facts.session || undefined;
    case 'tenant':
      return (facts) => facts.tenantId || undefined;
    case 'token':
      return (facts) => facts.token || undefined;
    case 'client_ip':
      return (facts) => facts.clientIp || undefined;
    case 'region':
      return (facts) => facts.region || undefined;
    case 'tag':
      return (facts) => facts.tag || undefined;
    default:
      return () => undefined;
  }
}

/** Reads who is counted; '' = missing. Numbers and booleans count as the text that JavaScript writes for them. */
export function compileUnit(unit: UnitRecord): (facts: Facts) => string {
  switch (unit.by) {
    case 'user':
      return (facts) => facts.user;
    case 'session':
      return (facts) => facts.session;
    case 'tenant':
      return (facts) => facts.tenantId;
    case 'token':
      return (facts) => facts.token;
    case 'cookie': {
      const { name } = unit;
      return (facts) => facts.cookie(name) ?? '';
    }
    case 'header': {
      const name = unit.name.toLowerCase();
      return (facts) => facts.header(name) ?? '';
    }
    case 'attribute':
    case 'claim': {
      const read = compileValue({ from: unit.by, name: unit.name });
      return (facts) => unitText(read(facts));
    }
    default:
      return () => '';
  }
}

/** What a value is worth as a unit. */
export function unitText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '';
}

/** Whether the request's unit lies in the first `share` buckets under the salt; without a unit never. */
export function compilePortion(portion: PortionRecord): (facts: Facts) => boolean {
  const read = compileUnit(portion.unit);
  const salt = beginSalt(portion.salt);
  const { share } = portion;
  return (facts) => {
    const unit = read(facts);
    return unit !== '' && bucketOf(salt, unit) < share;
  };
}
