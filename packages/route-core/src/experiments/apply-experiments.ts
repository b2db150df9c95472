import type { Course } from '../course.ts';
import type { ExplainStep } from '../decision.ts';
import { bucketOf } from '../splits/bucket-of.ts';
import { findOwner } from '../splits/range-table.ts';
import type { CompiledExperiment } from './compile-experiment.ts';
import { variantByMd5 } from './md5-java.ts';

/** Lets the first experiment, by id, that admits the request choose the version. Says whether one did. */
export function applyExperiments(experiments: readonly CompiledExperiment[], course: Course): boolean {
  for (const experiment of experiments) if (applyExperiment(experiment, course)) return true;
  return false;
}

function applyExperiment(experiment: CompiledExperiment, course: Course): boolean {
  const { id, group } = experiment;
  if (!experiment.isRunning) return reject(course, 'not_running', { id });
  const now = experiment.isTimed ? course.facts.nowMs : 0;
  if (now < experiment.startAt) return reject(course, 'not_started', { id, startAt: experiment.startAt });
  if (now >= experiment.endAt) return reject(course, 'ended', { id, endAt: experiment.endAt });
  if (experiment.condition !== null && !holds(experiment, course)) return false;
  const tenantId = course.request.tenantId;
  const unit = experiment.unit(course.facts) || (experiment.countsTenant ? tenantId : '');
  if (unit === '') return reject(course, 'unit_missing', { id });
  if (group !== null) {
    const bucket = bucketOf(group.salt, unit);
    if (findOwner(group.table, bucket) < 0) return reject(course, 'outside_group', { id, group: group.name, bucket });
  }
  const bucket = experiment.isMd5 ? null : bucketOf(experiment.salt, unit);
  const at = bucket === null ? variantByMd5(tenantId, id) : findOwner(experiment.table, bucket);
  const variant = experiment.variants[at];
  if (variant === undefined) return reject(course, 'no_variant', { id, bucket });
  course.number = variant.number;
  course.reason = 'EXPERIMENT';
  course.bucket = bucket;
  course.experiment = variant.taken;
  course.trace?.add('experiment', 'admitted', { id, variant: variant.taken.variant, bucket, unit: unit.slice(0, 120) });
  return true;
}

function holds({ id, condition }: CompiledExperiment, course: Course): boolean {
  if (course.trace === null) return condition!.test(course.facts);
  const { passed, text, value } = condition!.trace(course.facts);
  if (!passed) reject(course, 'condition', { id, condition: text, value });
  return passed;
}

function reject(course: Course, outcome: string, detail: ExplainStep['detail']): false {
  course.trace?.add('experiment', outcome, detail);
  return false;
}
