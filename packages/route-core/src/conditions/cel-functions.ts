type Kind = 'truth' | 'other' | 'unknown';

/** A function that expressions may call: how many arguments it takes, what it yields, which arguments must be literals. */
export interface CelFunctionInfo {
  readonly arities: readonly number[];
  readonly yields: Kind;
  /** Indices of arguments that are compiled when the condition is. */
  readonly literals?: readonly number[];
}

const one = { arities: [1], yields: 'other' } as const;
const none = { arities: [0], yields: 'other' } as const;
const test = { arities: [1], yields: 'truth' } as const;
const ofTime = { arities: [0, 1], yields: 'other' } as const;

/** `name(…)` */
export const FUNCTIONS: ReadonlyMap<string, CelFunctionInfo> = new Map<string, CelFunctionInfo>([
  ['size', one],
  ['int', one],
  ['uint', one],
  ['double', one],
  ['string', one],
  ['bytes', one],
  ['bool', test],
  ['timestamp', one],
  ['duration', one],
  ['type', one],
  ['dyn', { arities: [1], yields: 'unknown' }],
  ['matches', { arities: [2], yields: 'truth', literals: [1] }],
  ['isTrue', test],
  ['random', none],
  ['now', none],
  ['weekday', none],
  ['minuteOfDay', none],
  ['number', one],
  ['wholeNumber', one],
  ['percentage', { arities: [3], yields: 'truth', literals: [1, 2] }],
  ['semver', { arities: [2], yields: 'truth', literals: [1] }],
  ['inCidr', { arities: [2], yields: 'truth', literals: [1] }],
]);

/** `value.name(…)` */
export const METHODS: ReadonlyMap<string, CelFunctionInfo> = new Map<string, CelFunctionInfo>([
  ['startsWith', test],
  ['endsWith', test],
  ['contains', test],
  ['matches', { arities: [1], yields: 'truth', literals: [0] }],
  ['size', none],
  ['get', { arities: [1, 2], yields: 'unknown' }],
  ['getFullYear', ofTime],
  ['getMonth', ofTime],
  ['getDate', ofTime],
  ['getDayOfMonth', ofTime],
  ['getDayOfWeek', ofTime],
  ['getDayOfYear', ofTime],
  ['getHours', ofTime],
  ['getMinutes', ofTime],
  ['getSeconds', ofTime],
  ['getMilliseconds', ofTime],
]);

/** Operators as the parser names them. */
export const OPERATORS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['_&&_', 'truth'],
  ['_||_', 'truth'],
  ['!_', 'truth'],
  ['_==_', 'truth'],
  ['_!=_', 'truth'],
  ['_<_', 'truth'],
  ['_<=_', 'truth'],
  ['_>_', 'truth'],
  ['_>=_', 'truth'],
  ['@in', 'truth'],
  ['@not_strictly_false', 'truth'],
  ['_+_', 'other'],
  ['_-_', 'other'],
  ['_*_', 'other'],
  ['_/_', 'other'],
  ['_%_', 'other'],
  ['-_', 'other'],
  ['_[_]', 'unknown'],
  ['_?_:_', 'unknown'],
]);
