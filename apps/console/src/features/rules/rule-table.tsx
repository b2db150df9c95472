import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { VisuallyHidden } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { type RuleActions, RuleRow, ruleColumnCount } from './rule-row.tsx';
import type { Rule } from './rule-types.ts';
import { useDragWords } from './use-drag-words.ts';

/** A rule that somebody asked to see; asked again, it is another object. */
export interface MarkedRule {
  readonly id: string;
}

interface RuleTableProps {
  rules: readonly Rule[];
  findings?: ReadonlyMap<string, readonly RuleFinding[]>;
  actions?: RuleActions | null;
  /** Absent: the order cannot be changed here. */
  onMove?: ((ruleId: string, overId: string) => void) | undefined;
  marked?: MarkedRule | null;
  nameOf?: (ruleId: string) => string;
  onShowRule?: (ruleId: string) => void;
  maxHeight?: string;
}

const none: readonly RuleFinding[] = [];
const noMap: ReadonlyMap<string, readonly RuleFinding[]> = new Map();
const sameId = (ruleId: string) => ruleId;
const nothing = () => undefined;
/** Height in pixels to reckon with until a rule has been measured. */
const likelyHeight = 58;
const likelyFindingHeight = 24;

/** Rules as rows, to be dragged by mouse or keyboard where their order may be changed. */
export function RuleTable(props: RuleTableProps) {
  const { rules, onMove, maxHeight = 'max(320px, calc(100vh - 290px))' } = props;
  const { t } = useTranslation();
  // A state and no ref: the rows, which are inside of it, come to know it only by being rendered again.
  const [frame, setFrame] = useState<HTMLElement | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const dragWords = useDragWords(rules);
  const ids = useMemo(() => rules.map(({ id }) => id), [rules]);
  const drop = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    if (over && active.id !== over.id) onMove?.(String(active.id), String(over.id));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragStart={({ active }) => setDragged(String(active.id))}
      onDragCancel={() => setDragged(null)}
      onDragEnd={drop}
      accessibility={dragWords}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <section
          className="table-frame"
          ref={setFrame}
          style={{ maxHeight }}
          tabIndex={0}
          aria-label={t('rules.title')}
        >
          <table className="data-table rule-table" aria-label={t('rules.title')} aria-rowcount={rules.length + 1}>
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('rules.place')}
                </th>
                <th scope="col">{t('rules.enabled')}</th>
                <th scope="col">{t('rules.rule')}</th>
                <th scope="col">{t('rules.match')}</th>
                <th scope="col">{t('rules.target')}</th>
                <th scope="col">
                  <VisuallyHidden>{t('action.title')}</VisuallyHidden>
                </th>
              </tr>
            </thead>
            <RowsInView {...props} frame={frame} dragged={dragged} />
          </table>
        </section>
      </SortableContext>
    </DndContext>
  );
}

interface RowsInViewProps extends RuleTableProps {
  frame: HTMLElement | null;
  dragged: string | null;
}

/** The rules that are in view, and the one that is dragged: hundreds of rules cost no more than a screenful. */
function RowsInView(props: RowsInViewProps) {
  const {
    rules,
    findings = noMap,
    actions = null,
    onMove,
    marked = null,
    nameOf = sameId,
    onShowRule = nothing,
    frame,
    dragged,
  } = props;
  const draggedIndex = dragged === null ? -1 : rules.findIndex(({ id }) => id === dragged);
  const virtualizer = useVirtualizer({
    count: rules.length,
    getScrollElement: () => frame,
    getItemKey: (index) => rules[index]?.id ?? index,
    estimateSize: (index) => likelyHeight + likelyFindingHeight * (findings.get(rules[index]?.id ?? '')?.length ?? 0),
    overscan: 6,
    rangeExtractor: (range) => {
      const inView = defaultRangeExtractor(range);
      if (draggedIndex < 0 || inView.includes(draggedIndex)) return inView;
      return [...inView, draggedIndex].sort((a, b) => a - b);
    },
  });
  const markedIndex = marked === null ? -1 : rules.findIndex(({ id }) => id === marked.id);
  const isJudged = findings.size > 0;
  const shown = useRef<MarkedRule | null>(null);
  // Only being asked moves the view, not that the rules change; and once more when the first findings have pushed them apart.
  useEffect(() => {
    if (markedIndex < 0 || !frame || shown.current === marked) return;
    if (isJudged) shown.current = marked;
    virtualizer.scrollToIndex(markedIndex, { align: 'center' });
    const timer = requestAnimationFrame(() => document.getElementById(`rule-${marked?.id}`)?.focus());
    return () => cancelAnimationFrame(timer);
  }, [marked, frame, isJudged]);
  const items = virtualizer.getVirtualItems();
  let end = 0;
  return (
    <>
      {items.map(({ index, start, end: itsEnd }) => {
        const rule = rules[index];
        if (!rule) return null;
        const gap = start - end;
        end = itsEnd;
        return (
          <Fragment key={rule.id}>
            <Spacer height={gap} />
            <RuleRow
              rule={rule}
              index={index}
              measure={virtualizer.measureElement}
              findings={findings.get(rule.id) ?? none}
              actions={actions}
              canDrag={onMove !== undefined}
              isMarked={marked?.id === rule.id}
              nameOf={nameOf}
              onShowRule={onShowRule}
            />
          </Fragment>
        );
      })}
      <Spacer height={virtualizer.getTotalSize() - end} />
    </>
  );
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tbody aria-hidden="true">
      <tr>
        <td className="spacer" colSpan={ruleColumnCount} style={{ height }} />
      </tr>
    </tbody>
  );
}
