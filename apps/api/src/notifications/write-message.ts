import type { Notification } from '@grey/contracts';
import { eventTitles } from './event-titles.ts';

export type Language = 'en' | 'zh';

/** A notification as people read it. */
export interface Message {
  /** One line, at most 150 characters. */
  readonly title: string;
  /** At most 2 000 characters. */
  readonly text: string;
}

const words = {
  en: {
    test: 'Test message',
    by: 'By',
    reason: 'Reason',
    services: 'Services',
    tenants: 'Tenants',
    moves: 'Versions',
    changed: 'Changed',
    at: 'At',
    of: (matched: number, all: number) => (matched === all ? `${all}` : `${matched} of ${all}`),
    colon: ': ',
  },
  zh: {
    test: '测试消息',
    by: '操作人',
    reason: '原因',
    services: '服务',
    tenants: '租户数',
    moves: '版本',
    changed: '变更项',
    at: '时间',
    of: (matched: number, all: number) => (matched === all ? `${all}` : `${matched}(共 ${all})`),
    colon: ':',
  },
} as const;

/**
 * @param template text of an operator with `{{…}}` for the parts; null takes the ready one. Unknown parts stay as written.
 * @param makeSafe applied to every value that comes from a change, never to what the operator wrote
 */
export function writeMessage(
  notification: Notification,
  language: Language,
  template: string | null,
  makeSafe: (text: string) => string = (text) => text,
): Message {
  const values = valuesOf(notification, language, makeSafe);
  const title = `[Grey] ${values.title}${values.services === '' ? '' : ` · ${values.services}`}`;
  const text = template === null ? readyText(values, language) : fill(template, values);
  return { title: cut(title, 150), text: cut(text, 2_000) };
}

type Values = ReturnType<typeof valuesOf>;

function valuesOf(notification: Notification, language: Language, makeSafe: (text: string) => string) {
  const { kind, actor, reason, serviceIds, itemCount, matchedCount, tenantCount, moves, at, changeId } = notification;
  const word = words[language];
  const safe = (text: string) => makeSafe(oneLine(text));
  const name = eventTitles[kind]?.[language === 'en' ? 0 : 1] ?? kind;
  return {
    title: notification.isTest ? word.test : name,
    kind: safe(kind),
    actor: safe(actor.name),
    reason: safe(reason ?? ''),
    services: safe(cut(serviceIds.join(', '), 80)),
    itemCount: word.of(matchedCount, itemCount),
    tenantCount: String(tenantCount),
    moves: moves
      .slice(0, 5)
      .map((move) => safe(`${move.fromVersion ?? '–'} → ${move.toVersion ?? '–'} (${move.count})`))
      .join(', '),
    at,
    changeId: safe(changeId),
  };
}

function readyText(values: Values, language: Language): string {
  const word = words[language];
  const lines: [string, string][] = [
    [word.reason, values.reason],
    [word.services, values.services],
    [word.moves, values.moves],
    [word.tenants, values.tenantCount === '0' ? '' : values.tenantCount],
    [word.changed, values.itemCount],
    [word.by, values.actor],
    [word.at, `${values.at} (${values.changeId})`],
  ];
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}${word.colon}${value}`)
    .join('\n');
}

function fill(template: string, values: Values): string {
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as keyof Values] : whole,
  );
}

/** Line breaks and what turns the writing direction could make a value look like a line of ours. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** Cut at a code point, with an ellipsis. */
function cut(text: string, length: number): string {
  const points = [...text];
  return points.length <= length ? text : `${points.slice(0, length - 1).join('')}…`;
}
