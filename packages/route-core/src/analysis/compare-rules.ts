import { VersionNames } from '../names.ts';
import type { RuleRecord, RuleSetRecord, TargetRecord } from '../routing-records.ts';
import { compileRules } from '../rules/rule-index.ts';
import { compileRanges, NOBODY } from '../splits/range-table.ts';
import type { Formula } from './leaf.ts';
import { areContradictory, type Budget, isFormulaImplied } from './refute.ts';
import type { RuleFinding } from './rule-finding.ts';
import { toFormula } from './rule-formula.ts';
import { askedSubjects, neededSubjects } from './subjects.ts';

/** For all pairs of a set, so that no set keeps a server for long; 500 ordinary rules take a part of them. */
const STEPS_PER_SET = 1_000_000;

interface Candidate {
  readonly rule: RuleRecord;
  readonly index: number;
  readonly formula: Formula;
  /** What the rule looks at. */
  readonly asks: ReadonlySet<string>;
  /** For each thing that it demands, what it looks at for that. */
  readonly needs: readonly ReadonlySet<string>[];
}

/**
 * What is said of rules that can never decide: by themselves, or because another one is always asked first.
 * @param steps how much may be spent on it; when they are used up, no more is found
 */
export function compareRules(ruleSet: RuleSetRecord, steps = STEPS_PER_SET): RuleFinding[] {
  const findings: RuleFinding[] = [];
  const earlier: Candidate[] = [];
  const budget = { steps };
  for (const index of listPrecedence(ruleSet)) {
    const rule = ruleSet.rules[index]!;
    const formula = toFormula(rule);
    const candidate = { rule, index, formula, asks: askedSubjects(formula), needs: neededSubjects(formula) };
    if (areContradictory([formula], budget)) {
      findings.push(
        tell(candidate, null, 'RULE_UNREACHABLE', 'error', 'no request fulfils all that this rule asks for'),
      );
      continue;
    }
    const other = earlier.find((one) => isCovered(candidate, one, budget));
    if (other !== undefined) findings.push(judgePair(other, candidate));
    else if (alwaysDecides(rule.target)) earlier.push(candidate);
  }
  return findings;
}

/** Indexes of the rules that are on, as the engine itself sorts them. */
function listPrecedence({ rules, normalizePath }: RuleSetRecord): number[] {
  const numbered = rules.map((rule, index) => ({ ...rule, id: String(index) }));
  const { ordered } = compileRules({ number: 0, normalizePath, rules: numbered }, new VersionNames());
  return ordered.map(({ id }) => Number(id));
}

/** Whether the earlier rule matches whatever the later one matches. */
function isCovered(later: Candidate, earlier: Candidate, budget: Budget): boolean {
  // Nothing follows about what the later rule does not look at. Asked first, as it settles most pairs.
  if (!earlier.needs.every((subjects) => hasAny(later.asks, subjects))) return false;
  return isFormulaImplied(later.formula, earlier.formula, budget);
}

function hasAny(asked: ReadonlySet<string>, needed: ReadonlySet<string>): boolean {
  for (const subject of needed) if (asked.has(subject)) return true;
  return false;
}

function judgePair(first: Candidate, second: Candidate): RuleFinding {
  const isSameMatch = isFormulaImplied(first.formula, second.formula);
  const isSameTarget = writeTarget(first.rule.target) === writeTarget(second.rule.target);
  if (isSameMatch && !isSameTarget && first.rule.priority === second.rule.priority) {
    const message = `matches the same requests as "${first.rule.name}", which has the same priority and another target`;
    return tell(second, first, 'RULE_CONFLICT', 'error', message);
  }
  const message = `never decides: "${first.rule.name}" comes before it and matches whatever this rule matches`;
  return tell(second, first, 'RULE_SHADOWED', 'warning', message);
}

function tell(
  { rule, index }: Candidate,
  other: Candidate | null,
  code: RuleFinding['code'],
  severity: RuleFinding['severity'],
  message: string,
): RuleFinding {
  return { code, severity, ruleId: rule.id, otherRuleId: other?.rule.id ?? null, path: `rules[${index}]`, message };
}

/**
 * Whether a rule that matches leaves nothing to those after it. A split may hand on who has no unit or no share; a lane those
 * who are in another one, and where it serves no version of the service, everybody.
 */
function alwaysDecides(target: TargetRecord): boolean {
  if (target.kind === 'version') return true;
  if (target.kind === 'lane' || target.split.whenMissing === 'skip') return false;
  return !compileRanges(target.split.shares).includes(NOBODY);
}

function writeTarget(target: TargetRecord): string {
  if (target.kind === 'version') return `version ${target.version}`;
  if (target.kind === 'lane') return `lane ${target.tag}`;
  const { unit, whenMissing, salt, shares } = target.split;
  return JSON.stringify([unit.by, 'name' in unit ? unit.name : '', whenMissing, salt, shares]);
}
