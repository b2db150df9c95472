import { buildSnapshot, createReplayEnv, type Decision, decide, type SnapshotSource } from '@grey/route-core';

export interface BatchTask {
  readonly live: SnapshotSource;
  /** With the draft's rules; absent where the service has no draft. */
  readonly draft?: SnapshotSource;
  readonly tenantId: string;
  readonly serviceName: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** When it is decided, in milliseconds since 1970. */
  readonly at: number;
  readonly users: readonly string[];
}

export interface BatchCount {
  /** A version, or the code of the refusal. */
  readonly answer: string;
  readonly isRefusal: boolean;
  readonly live: number;
  readonly draft: number;
}

export interface BatchMove {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** The first few of them. */
  readonly users: readonly string[];
}

export interface BatchResult {
  readonly userCount: number;
  readonly hasDraft: boolean;
  /** The most frequent first. */
  readonly counts: readonly BatchCount[];
  readonly changedCount: number;
  readonly moves: readonly BatchMove[];
  /** Milliseconds of the whole run. */
  readonly tookMs: number;
}

const shownUsers = 5;

/** Decides the same request for every user, by the live rules and by the draft's, and counts who gets what. */
export function runBatch(task: BatchTask, clock: () => number): BatchResult {
  const startedAt = clock();
  const { live, draft, users } = task;
  const before = decideAll(task, live);
  const after = draft ? decideAll(task, draft) : before;
  const counts = new Map<string, { live: number; draft: number; isRefusal: boolean }>();
  const moves = new Map<string, { from: string; to: string; count: number; users: string[] }>();
  for (const [index, user] of users.entries()) {
    const from = before[index] as Answer;
    const to = after[index] as Answer;
    countOf(counts, from).live++;
    countOf(counts, to).draft++;
    if (from.answer === to.answer) continue;
    const key = `${from.answer}\n${to.answer}`;
    const move = moves.get(key) ?? { from: from.answer, to: to.answer, count: 0, users: [] };
    moves.set(key, move);
    move.count++;
    if (move.users.length < shownUsers) move.users.push(user);
  }
  const sorted = [...moves.values()].sort((a, b) => b.count - a.count);
  return {
    userCount: users.length,
    hasDraft: draft !== undefined,
    counts: [...counts]
      .map(([answer, one]) => ({ answer, ...one }))
      .sort((a, b) => b.live - a.live || b.draft - a.draft),
    changedCount: sorted.reduce((sum, { count }) => sum + count, 0),
    moves: sorted,
    tookMs: clock() - startedAt,
  };
}

interface Answer {
  readonly answer: string;
  readonly isRefusal: boolean;
}

function decideAll({ tenantId, serviceName, metadata, at, users }: BatchTask, source: SnapshotSource): Answer[] {
  const snapshot = buildSnapshot(source);
  // Each user meets the same draws on both sides: what differs comes from the rules, not from chance.
  const { env, begin } = createReplayEnv(1);
  return users.map((userId, index) => {
    begin(index, at);
    return read(decide(snapshot, { tenantId, serviceName, metadata: { ...metadata, userId } }, env));
  });
}

function read(decision: Decision): Answer {
  return decision.ok ? { answer: decision.version, isRefusal: false } : { answer: decision.code, isRefusal: true };
}

function countOf(
  counts: Map<string, { live: number; draft: number; isRefusal: boolean }>,
  { answer, isRefusal }: Answer,
) {
  const found = counts.get(answer) ?? { live: 0, draft: 0, isRefusal };
  counts.set(answer, found);
  return found;
}
