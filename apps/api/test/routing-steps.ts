import fc from 'fast-check';

/** One call of the API. */
export type Step = readonly [method: string, target: string, body?: unknown];

const service = fc.constantFrom('sa', 'sb');
const version = fc.constantFrom('1.0.0', '2.0.0', '3.0.0');
const weight = fc.integer({ min: 0, max: 10_000 });
const tag = fc.constantFrom('summer', 'winter');
const experiment = fc.constantFrom('button', 'colour');
const when = fc.constantFrom(
  { op: 'exists', operand: { from: 'header', name: 'x-beta' } },
  {
    op: 'all',
    of: [
      { op: 'in', operand: { from: 'tenant' }, values: ['ta', 'tb'] },
      { op: 'random', below: 0.25 },
    ],
  },
  { op: 'cel', expression: 'header.get("x-plan").size() > 3' },
);
const target = fc.oneof(
  version.map((one) => ({ kind: 'version', version: one })),
  fc.tuple(version, version, weight).map(([one, two, first]) => ({
    kind: 'split',
    unit: { by: 'user' },
    shares:
      one === two
        ? [{ version: one, weight: 10_000 }]
        : [
            { version: one, weight: first },
            { version: two, weight: 10_000 - first },
          ],
  })),
  tag.map((one) => ({ kind: 'lane', tag: one })),
);
const rule = fc.record({ id: fc.constantFrom('first', 'second'), name: fc.constant('Rule'), when, target });

/** What changes how services are routed beyond assignments; about half of it is refused, for lack of what it names. */
export const routingStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(service, fc.uniqueArray(rule, { maxLength: 2, selector: (one) => one.id }))
    .map(([id, rules]): Step => ['PUT', `/api/services/${id}/rules/draft`, { rules }]),
  service.map((id): Step => ['POST', `/api/services/${id}/rules/draft/publish`, {}]),
  fc
    .tuple(service, fc.integer({ min: 1, max: 4 }))
    .map(([id, number]): Step => ['POST', `/api/services/${id}/rules/revisions/${number}/publish`, {}]),
  fc.tuple(service, experiment, version, weight, fc.boolean()).map(
    ([id, name, label, first, isGrouped]): Step => [
      'POST',
      `/api/services/${id}/experiments`,
      {
        id: name,
        unit: { by: 'user' },
        variants: [
          { name: 'a', version: label, weight: first },
          { name: 'b', version: label, weight: 10_000 - first },
        ],
        group: isGrouped ? { name: 'home', share: 3_000 } : null,
      },
    ],
  ),
  fc
    .tuple(service, experiment, fc.boolean(), fc.option(when))
    .map(
      ([id, name, isRunning, condition]): Step => [
        'PATCH',
        `/api/services/${id}/experiments/${name}`,
        { isRunning, when: condition, startAt: isRunning ? '2026-01-01T00:00:00Z' : null },
      ],
    ),
  fc.tuple(service, experiment).map(([id, name]): Step => ['DELETE', `/api/services/${id}/experiments/${name}`]),
  fc.tuple(tag, service, version, fc.boolean()).map(
    ([name, serviceId, label, isStrict]): Step => [
      'PUT',
      `/api/lanes/${name}`,
      {
        mode: isStrict ? 'strict' : 'permissive',
        versions: [{ serviceId, version: label }],
        entry: isStrict ? { portion: { share: 500, salt: 'lane', unit: { by: 'session' } } } : null,
      },
    ],
  ),
  tag.map((name): Step => ['DELETE', `/api/lanes/${name}`]),
  fc
    .tuple(service, version, fc.boolean())
    .map(
      ([id, label, value]): Step => [
        'PUT',
        `/api/services/${id}/versions/${label}/flags`,
        { flags: value ? [{ name: 'search', value, rules: [{ value: false }] }] : [] },
      ],
    ),
  fc.tuple(service, version, fc.boolean()).map(
    ([id, label, isNamed]): Step => [
      'PATCH',
      `/api/services/${id}`,
      {
        fallback: isNamed ? 'version' : 'fail',
        fallbackVersion: isNamed ? label : null,
        balancing: isNamed ? { slowStartMs: 500, affinity: { by: 'cookie', name: 'sid' } } : {},
      },
    ],
  ),
);
