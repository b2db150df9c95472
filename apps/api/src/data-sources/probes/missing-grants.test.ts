import { expect, test } from 'vitest';
import { missingGrants } from './missing-grants.ts';

const some = 'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER';

test.each([
  ['all on everything', ["GRANT ALL PRIVILEGES ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*AB' WITH GRANT OPTION"]],
  ['all on the database', ['GRANT USAGE ON *.* TO `u`@`%`', 'GRANT ALL PRIVILEGES ON `shop`.* TO `u`@`%`']],
  ['each on the database', [`GRANT ${some} ON \`shop\`.* TO \`u\`@\`%\``]],
  [
    'a pattern that fits',
    [`GRANT ${some} ON \`sh\\_p%\`.* TO \`u\`@\`%\``, `GRANT ${some} ON \`s_o%\`.* TO \`u\`@\`%\``],
  ],
])('nothing is missing with %s', (_, grants) => {
  expect(missingGrants(grants, 'shop')).toEqual([]);
});

test('what is not given, or given elsewhere, is missing', () => {
  const grants = [
    'GRANT USAGE ON *.* TO `u`@`%`',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON `shop`.* TO `u`@`%`',
    'GRANT ALTER, DROP ON `shop`.`orders` TO `u`@`%`',
    'GRANT ALL PRIVILEGES ON `shop2`.* TO `u`@`%`',
    'GRANT ALL PRIVILEGES ON `s\\_op`.* TO `u`@`%`',
    'GRANT `role` TO `u`@`%`',
    'GRANT PROXY ON ``@`%` TO `u`@`%`',
  ];
  const missing = ['CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES'].map((one) => `${one} on the database`);
  expect(missingGrants(grants, 'shop')).toEqual(missing);
});
