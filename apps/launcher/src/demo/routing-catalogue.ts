import type { RuleInput } from '@grey/contracts';
import { demoTenantSchemas } from './catalogue.ts';

/** What decides in the demo beyond assignments: rules of two services, one experiment, one lane, flags of one version. */

const path = (value: string) => ({ type: 'prefix' as const, value });
const header = (name: string, value: string) => ({
  op: 'equals' as const,
  operand: { from: 'header' as const, name },
  value,
});

type DemoRule = Pick<RuleInput, 'id' | 'name' | 'target'> & Partial<RuleInput>;

/** Nothing here matches a request that says nothing of itself: the printed curl line is answered by its assignment. */
export const demoRules: readonly { readonly serviceId: string; readonly rules: readonly DemoRule[] }[] = [
  {
    serviceId: 'payment-service',
    rules: [
      {
        id: 'beta-testers',
        name: 'Beta testers see 2.0',
        priority: 100,
        when: header('x-beta', 'true'),
        target: { kind: 'version' as const, version: 'v2.0.0' },
        fallback: { mode: 'baseline' as const },
      },
      {
        id: 'checkout-tenth',
        name: 'A tenth of the users check out on 2.0',
        path: path('/checkout/'),
        // Of who has a schema of its own, all users are on the version that the schema serves.
        when: {
          op: 'not' as const,
          of: {
            op: 'in' as const,
            operand: { from: 'tenant' as const },
            values: demoTenantSchemas.map(({ tenantId }) => tenantId),
          },
        },
        target: {
          kind: 'split' as const,
          unit: { by: 'user' as const },
          whenMissing: 'skip' as const,
          shares: [
            { version: 'v1.1.0', weight: 9_000 },
            { version: 'v2.0.0', weight: 1_000 },
          ],
        },
      },
    ],
  },
  {
    serviceId: 'order-service',
    rules: [
      {
        id: 'preview',
        name: 'Previews of the summer sale',
        when: header('x-preview', 'summer-sale'),
        target: { kind: 'lane' as const, tag: 'summer-sale' },
      },
    ],
  },
];

export const demoLane = {
  tag: 'summer-sale',
  name: 'Summer sale',
  mode: 'permissive' as const,
  versions: [
    { serviceId: 'order-service', version: 'v2.0.0-beta.1' },
    { serviceId: 'payment-service', version: 'v2.0.0' },
  ],
};

export const demoExperiment = {
  serviceId: 'user-service',
  id: 'profile-page',
  name: 'Which profile page keeps people?',
  isRunning: true,
  unit: { by: 'user' as const },
  when: { op: 'starts_with' as const, operand: { from: 'path' as const }, value: '/profile' },
  variants: [
    { name: 'control', version: 'v1.4.0', weight: 5_000 },
    { name: 'new-page', version: 'v2.0.0', weight: 5_000 },
  ],
};

export const demoFlags = {
  serviceId: 'payment-service',
  version: 'v2.0.0',
  flags: [
    {
      name: 'one-click',
      value: false,
      rules: [
        {
          portion: { unit: { by: 'user' as const }, share: 5_000, salt: 'one-click' },
          value: true,
        },
      ],
    },
    { name: 'theme', value: 'light' },
  ],
};

/** What a request of the demo's traffic says of itself; most say no more than where they go. */
export function makeDemoRequest(userId: string, random: () => number) {
  const draw = random();
  const target = ['/', '/cart', '/checkout/pay', '/profile/me'][Math.floor(random() * 4)] as string;
  const headers = draw < 0.05 ? { 'x-beta': 'true' } : draw < 0.1 ? { 'x-preview': 'summer-sale' } : undefined;
  return { userId, path: target, method: 'GET', ...(headers === undefined ? {} : { headers }) };
}
