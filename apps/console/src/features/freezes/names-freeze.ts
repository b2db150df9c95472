import type { Change } from '../../api/generated/model/index.ts';

/** Whether what a change set aside names the freeze: the log keeps the words, in which its title stands in quotes. */
export function namesFreeze(change: Pick<Change, 'items'>, title: string): boolean {
  return change.items.some(({ entity, after }) => {
    const objections = entity === 'override' ? after?.['objections'] : undefined;
    return Array.isArray(objections) && objections.some(({ detail }) => String(detail).includes(`“${title}”`));
  });
}
