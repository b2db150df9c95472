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
import { useTranslation } from 'react-i18next';
import type { RuleFinding } from '../../api/generated/model/index.ts';
import { type RuleActions, RuleRow } from './rule-row.tsx';
import type { Rule } from './rule-types.ts';
import { useDragWords } from './use-drag-words.ts';

interface RuleTableProps {
  rules: readonly Rule[];
  findings?: ReadonlyMap<string, readonly RuleFinding[]>;
  actions?: RuleActions | null;
  /** Absent: the order cannot be changed here. */
  onMove?: ((ruleId: string, overId: string) => void) | undefined;
  /** The rule that somebody asked to be shown. */
  marked?: string | null;
  nameOf?: (ruleId: string) => string;
  onShowRule?: (ruleId: string) => void;
}

const none: readonly RuleFinding[] = [];
const noMap: ReadonlyMap<string, readonly RuleFinding[]> = new Map();
const sameId = (ruleId: string) => ruleId;
const nothing = () => undefined;

/** Rules as rows, to be dragged by mouse or keyboard where their order may be changed. */
export function RuleTable(props: RuleTableProps) {
  const {
    rules,
    findings = noMap,
    actions = null,
    onMove,
    marked = null,
    nameOf = sameId,
    onShowRule = nothing,
  } = props;
  const { t } = useTranslation();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const dragWords = useDragWords(rules);
  const drop = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) onMove?.(String(active.id), String(over.id));
  };
  return (
    <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop} accessibility={dragWords}>
      <SortableContext items={rules.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
        <div className="table-frame">
          <table className="data-table rule-table" aria-label={t('rules.title')}>
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
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                place={index + 1}
                findings={findings.get(rule.id) ?? none}
                actions={actions}
                canDrag={onMove !== undefined}
                isMarked={marked === rule.id}
                nameOf={nameOf}
                onShowRule={onShowRule}
              />
            ))}
          </table>
        </div>
      </SortableContext>
    </DndContext>
  );
}
