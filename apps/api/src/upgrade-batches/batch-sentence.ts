import { countsOfAll } from './batch-counts.ts';
import { sumOf, type WholeBatch } from './batch-row.ts';

/** Where it stands and what is to be done, for a reader at night. */
export function sentenceOf(whole: WholeBatch): string {
  const { batch, waves, counts, keptCount } = whole;
  const all = sumOf([...counts.values()]);
  const { done, skipped, aborted } = countsOfAll(whole);
  const wave = batch.wave === null ? '' : `Wave ${batch.wave} of ${waves.length}`;
  const troubles = [
    ...some(all.failed, 'failed and are where they were'),
    ...some(all.needsOperator, 'need an operator'),
    ...some(all.operatorCount, 'wait until somebody mends what stopped them'),
  ];
  const trouble = troubles.length === 0 ? '' : ` ${troubles.join(', ')}.`;
  const others = [...some(skipped, 'were skipped or left out'), ...some(aborted, 'went back')];
  const other = others.length === 0 ? '' : ` ${others.join(', ')}.`;
  const kept = keptCount === 0 ? '' : ` ${keptCount} cannot go back.`;
  const { rollback, stoppedBecause } = batch;
  const back = `${rollback?.reason ?? ''} (${rollback?.by.name ?? ''})`;
  switch (batch.state) {
    case 'running':
      return `${wave || 'About to begin'}${wave === '' ? '' : ' is under way'}.${trouble}`;
    case 'paused':
      return stoppedBecause === null
        ? `Paused${wave === '' ? '' : ` in ${wave.toLowerCase()}`}: nobody is begun until it is resumed.${trouble}`
        : `Paused by itself, and to be resumed by somebody: ${stoppedBecause}${trouble}`;
    case 'confirming':
      return `${all.confirmationCount} wait for a confirmation of contract, the point of no return.${trouble}`;
    case 'contracting':
      return `Contract is under way.${trouble}`;
    case 'rolling_back':
      return `Taken back: ${back}.${kept}${trouble}`;
    case 'rolled_back':
      return `Was taken back: ${back}.${kept}${trouble}`;
    case 'stopped':
      return `Stopped: ${stoppedBecause ?? ''}.${trouble}`;
    case 'needs_operator':
      return `Somebody has to look: ${troubles.join(', ')}.${kept}`;
    case 'done':
      return `${done} were upgraded.${trouble}${other}`;
  }
}

function some(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}
