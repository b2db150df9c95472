import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiProblem } from '../../api/api-problem.ts';
import { getRules, saveRuleDraft } from '../../api/generated/grey.ts';
import type { RuleDraft, Rules } from '../../api/generated/model/index.ts';
import { type KeptEdits, keepEdits, readKeptEdits } from './kept-edits.ts';
import { isSameRuleSet, noRules, type RuleSet, ruleSetOf } from './rule-types.ts';

const undoLimit = 50;
/** The tag that a service without a draft has. */
const noDraftEtag = '"0"';

/** How the rules of a service stand, and what the operator is doing to them. */
export interface RuleWork {
  readonly rules: Rules;
  /** Edits, else the draft, else what is live. */
  readonly ruleSet: RuleSet;
  readonly liveSet: RuleSet;
  readonly isEdited: boolean;
  /** Somebody saved, published or discarded since the edits began. */
  readonly isOutdated: boolean;
  readonly canUndo: boolean;
  edit(next: RuleSet): void;
  undo(): void;
  dropEdits(): void;
  /** The operator has seen what changed meanwhile and goes on with the edits. */
  keepMine(): void;
  /** Saves the edits as the draft; without edits, the draft as it is. @throws ApiProblem PRECONDITION_FAILED */
  save(): Promise<RuleDraft | null>;
}

export const rulesKey = (serviceId: string) => ['rules', serviceId];

export function useRules(serviceId: string) {
  return useQuery({
    queryKey: rulesKey(serviceId),
    queryFn: ({ signal }) => getRules(serviceId, { signal }),
    // Drafts are nobody's news on the stream: another operator's is seen when one comes back to this page.
    refetchOnWindowFocus: 'always',
  });
}

/** The working copy over the draft: kept in this browser until it is saved. */
export function useRuleWork(serviceId: string, rules: Rules): RuleWork {
  const client = useQueryClient();
  const [edits, setEdits] = useState<KeptEdits | null>(() => readKeptEdits(serviceId));
  const [past, setPast] = useState<readonly RuleSet[]>([]);
  const { draft, live } = rules;
  const liveSet = useMemo(() => (live ? ruleSetOf(live) : noRules), [live]);
  const saved = useMemo(() => (draft ? ruleSetOf(draft) : liveSet), [draft, liveSet]);
  const ruleSet = edits?.ruleSet ?? saved;
  const isEdited = useMemo(() => edits !== null && !isSameRuleSet(edits.ruleSet, saved), [edits, saved]);
  const base = { baseEtag: draft?.etag ?? null, basedOn: live?.number ?? null };
  const isOutdated =
    edits !== null &&
    isEdited &&
    (edits.baseEtag !== base.baseEtag || (base.baseEtag === null && edits.basedOn !== base.basedOn));
  const keep = (next: KeptEdits | null) => {
    setEdits(next);
    keepEdits(serviceId, next);
  };
  const begin = (next: RuleSet) =>
    keep({ baseEtag: edits?.baseEtag ?? base.baseEtag, basedOn: edits?.basedOn ?? base.basedOn, ruleSet: next });
  const save = async () => {
    if (!edits || !isEdited) return draft;
    const headers = { 'if-match': edits.baseEtag ?? noDraftEtag };
    try {
      const next = await saveRuleDraft(serviceId, edits.ruleSet, { headers });
      keep(null);
      setPast([]);
      client.setQueryData<Rules>(rulesKey(serviceId), (old) => old && { ...old, draft: next });
      return next;
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'PRECONDITION_FAILED')
        await client.invalidateQueries({ queryKey: rulesKey(serviceId) });
      throw error;
    }
  };
  return {
    rules,
    ruleSet,
    liveSet,
    isEdited,
    isOutdated,
    canUndo: past.length > 0,
    edit: (next) => {
      setPast([...past.slice(1 - undoLimit), ruleSet]);
      begin(next);
    },
    undo: () => {
      const last = past.at(-1);
      if (!last) return;
      setPast(past.slice(0, -1));
      begin(last);
    },
    dropEdits: () => {
      keep(null);
      setPast([]);
    },
    keepMine: () => edits && keep({ ...edits, ...base }),
    save,
  };
}
