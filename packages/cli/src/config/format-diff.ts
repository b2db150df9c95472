import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/paint.ts';
import type { Difference, EntityKind } from './diff-configs.ts';

/** Of many lines of one kind, so many are shown: 100 000 assignments are no reading. */
const SHOWN = 50;
const LONGEST = 160;
const kinds: readonly EntityKind[] = [
  'service',
  'version',
  'flags',
  'compatibility',
  'lane',
  'rules',
  'experiment',
  'freeze',
  'channel',
  'assignment',
];

/** Differences as text, by kind: `+` only in the file, `-` only live, `~` in both. */
export function formatDiff(differences: readonly Difference[], paint: Paint): string {
  return kinds
    .map((kind) =>
      formatKind(
        differences.filter((one) => one.kind === kind),
        paint,
      ),
    )
    .join('');
}

function formatKind(all: readonly Difference[], paint: Paint): string {
  const shown = all.slice(0, SHOWN).map((one) => formatDifference(one, paint));
  const rest = all.length > SHOWN ? [`  … and ${all.length - SHOWN} more of kind ${all[0]?.kind}\n`] : [];
  return [...shown, ...rest].join('');
}

/** One difference with every place in it. */
export function formatDifference({ kind, names, action, values, live, file }: Difference, paint: Paint): string {
  const title = printable(`${kind} ${names.join(' ')}`);
  if (kind === 'assignment') return formatAssignment(title, { action, live, file }, paint);
  if (action === 'create') return `${paint.good(`+ ${title}`)}\n`;
  if (action === 'remove') return `${paint.bad(`- ${title}`)}\n`;
  const lines = values.map(({ path, live, file }) => `    ${printable(path)}: ${shorten(live)} → ${shorten(file)}\n`);
  return `${paint.warn(`~ ${title}`)}\n${lines.join('')}`;
}

function formatAssignment(
  title: string,
  { action, live, file }: Pick<Difference, 'action' | 'live' | 'file'>,
  paint: Paint,
) {
  const sign = { create: '+', remove: '-', change: '~' }[action];
  const colour = { create: paint.good, remove: paint.bad, change: paint.warn }[action];
  return `${colour(`${sign} ${title}`)}: ${cellText(live)} → ${cellText(file)}\n`;
}

function cellText(cell: unknown): string {
  const { version, pinned } = (cell ?? {}) as { version?: string; pinned?: boolean };
  return version === undefined ? 'default' : `${version}${pinned ? ' (pinned)' : ''}`;
}

function shorten(value: unknown): string {
  const text = value === undefined ? '—' : printable(JSON.stringify(value));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
