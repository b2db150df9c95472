import { type Issue, issue } from '../issue.ts';
import { nameOf, type SchemaObject, type SideObjects } from './objects.ts';

/**
 * Compares a down with its up: what it leaves behind, and which data the way back costs. Only tables, columns and named
 * indexes are compared; triggers, functions and types are not.
 */
export function compareDown(up: SideObjects, down: SideObjects): Issue[] {
  const { made } = up;
  const droppedAgain = new Set(up.dropped.map(nameOf));
  const issues: Issue[] = [];
  const left = made.filter((object) => !droppedAgain.has(nameOf(object)) && !isDropped(object, down.dropped));
  if (left.length > 0) {
    const message = `The down leaves ${left.map(nameOf).join(', ')} behind; the next up fails on what is there already.`;
    issues.push(issue('DOWN_INCOMPLETE', 'warning', message, 'Drop what the up made.'));
  }
  const madeNames = new Set(made.map(nameOf));
  const gone = up.lost.filter((object) => !madeNames.has(nameOf(object)));
  if (gone.length > 0) {
    const message = `The up loses the data of ${gone.map(nameOf).join(', ')}; the down can bring back the structure, not the data.`;
    issues.push(
      issue('DOWN_LOSES_DATA', 'warning', message, 'Declare it irreversible, or keep a copy that the down reads.'),
    );
  }
  const { lost } = down;
  const strangers = lost.filter((object) => !madeNames.has(nameOf(object)) && !madeNames.has(`table ${object.table}`));
  const own = lost.filter((object) => !strangers.includes(object));
  if (strangers.length > 0) {
    const message = `The down loses the data of ${strangers.map(nameOf).join(', ')}, which the up did not make.`;
    issues.push(issue('DOWN_LOSES_DATA', 'warning', message, 'Take back only what the up made.'));
  }
  if (own.length > 0) {
    const message = `Going back loses what the new version wrote into ${own.map(nameOf).join(', ')} until then.`;
    issues.push(
      issue(
        'DOWN_LOSES_DATA',
        'info',
        message,
        'Nothing to mend; it closes the way back once the new version has written.',
      ),
    );
  }
  return issues;
}

/** Dropped itself, or together with its table or (an index, by its column) with something that takes it along. */
function isDropped(object: SchemaObject, dropped: readonly SchemaObject[]): boolean {
  return dropped.some((one) => {
    if (one.kind === object.kind && one.name === object.name) return true;
    if (one.kind === 'table') return one.name === object.table;
    // Whether the index has the dropped column is not worth knowing: the text of the up may name it by an expression.
    return object.kind === 'index' && one.kind === 'column' && one.table === object.table;
  });
}
