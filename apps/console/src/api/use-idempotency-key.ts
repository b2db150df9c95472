import { useRef } from 'react';
import { makeIdempotencyKey } from './call-api.ts';

/** One key per body: pressing the button again after a lost answer repeats the request, another body is another request. */
export function useIdempotencyKey(): (body: unknown) => string {
  const last = useRef({ body: '', key: '' });
  return (body) => {
    const text = JSON.stringify(body);
    if (last.current.body !== text) last.current = { body: text, key: makeIdempotencyKey() };
    return last.current.key;
  };
}
