/** One measured figure. `ratio` is value to budget's yardstick; null where the budget is absolute or there is none. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** value ÷ the rival's value in the same rounds */
  readonly ratio: number | null;
  readonly budget: Budget | null;
}

export interface Budget {
  readonly of: 'value' | 'ratio';
  readonly bound: 'at least' | 'at most';
  readonly limit: number;
}

/** Whether a figure keeps its budget; without one it is only reported. */
export function verdict({ value, ratio, budget }: Figure): 'ok' | 'short' | 'reported' {
  if (budget === null) return 'reported';
  const measured = budget.of === 'value' ? value : ratio;
  if (measured === null || !Number.isFinite(measured)) return 'short';
  return (budget.bound === 'at least' ? measured >= budget.limit : measured <= budget.limit) ? 'ok' : 'short';
}

/** The columns of a figure's line: name, value, ratio, budget, verdict. */
export function columns(figure: Figure): readonly string[] {
  const { name, value, unit, ratio, budget } = figure;
  const limit = budget === null ? '–' : `${budget.bound} ${format(budget.limit)} ${budget.of === 'ratio' ? '×' : unit}`;
  return [name, `${format(value)} ${unit}`, ratio === null ? '–' : `${format(ratio)} ×`, limit, verdict(figure)];
}

function format(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ');
  return Number(value.toPrecision(3)).toString();
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
