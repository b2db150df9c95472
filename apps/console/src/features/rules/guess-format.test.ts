import { expect, test } from 'vitest';
import { guessFormat } from './guess-format.ts';

test('a pasted text tells its format by the words it uses', () => {
  expect(guessFormat('{"routing_rules": []}')).toBe('routing_rules_json');
  expect(guessFormat('[{"match_type": "exact", "upstream": "v1"}]')).toBe('rule_rows');
  expect(guessFormat('services:\n  - name: shop\n')).toBe('router_yaml');
  expect(guessFormat('[]')).toBeUndefined();
});
