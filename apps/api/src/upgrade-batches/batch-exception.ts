import type { BatchException } from '@grey/contracts';
import type { KeptRow, NotBegunRow } from './batch-exceptions.store.ts';

/** Why a tenant does not go back with its wave, and what can be done about it. */
export function exceptionOfKept(row: KeptRow): BatchException {
  const { tenantId, wave, upgradeId } = row;
  const [code, message, mend] = whyKept(row);
  const backupId = code === 'CONTRACTED' ? row.backupId : null;
  return { tenantId, wave, kind: 'cannot_return', code, message, mend, upgradeId, backupId };
}

function whyKept(row: KeptRow): [code: string, message: string, mend: string] {
  const { state, isPastReturn, fromVersion, toVersion, laterId, laterVersion, backupId, backedUpAt } = row;
  if (isPastReturn && state !== 'done') {
    const mend =
      state === 'needs_operator'
        ? 'Settle its upgrade: nobody but you can say what its schema is.'
        : 'Let its upgrade come to an end, then restore the backup of before contract if it has to go back.';
    return ['CONTRACTING', `Contract has begun, which is the point of no return; its upgrade is ${state}.`, mend];
  }
  if (isPastReturn) {
    const back = fromVersion === null ? 'the version it had' : fromVersion;
    const mend =
      backupId === null
        ? 'There is no backup of before contract: keep it here, or see its rollback horizon for what has a way down.'
        : `Restore the backup of ${backedUpAt?.toISOString()} (what was written since is lost), then assign ${back}.`;
    return ['CONTRACTED', `Contract is done: what ${back} needs of its schema was taken away.`, mend];
  }
  if (laterId !== null)
    return [
      'UPGRADED_AGAIN',
      `Upgrade ${laterId} to ${laterVersion} came after the one to ${toVersion}.`,
      'Take that one back first, if it has to go back at all.',
    ];
  return [
    'UPGRADED_SINCE',
    `It was upgraded to ${toVersion} after its wave had begun to go back.`,
    'Roll the batch back once more, or keep it here.',
  ];
}

const mends: Readonly<Record<string, string>> = {
  FROZEN: 'Upgrade it once the freeze is over, or override the freeze.',
  HELD: 'Lift the hold first.',
  PINNED: 'Name it in a batch of its own, if its pin is to be set aside.',
  UPGRADE_RUNNING: 'Wait for the end of that upgrade, then upgrade it alone or with the next batch.',
  OTHER_VERSION: 'Plan it anew from where it is, if it is still to be upgraded.',
};

/** Why a tenant was left out when its wave began. */
export function exceptionOfNotBegun({ tenantId, wave, code: said, message: why }: NotBegunRow): BatchException {
  const code = said ?? 'UPGRADE_RUNNING';
  const message = why ?? 'Another upgrade of it had begun.';
  const mend = mends[code] ?? null;
  return { tenantId, wave, kind: 'not_begun', code, message, mend, upgradeId: null, backupId: null };
}
