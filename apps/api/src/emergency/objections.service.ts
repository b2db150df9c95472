import type { RollbackPlan } from '@grey/contracts';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { VersionGuards, type VersionMove } from '../guards/version-guards.ts';
import type { Outlook } from './plan-rollback.ts';
import { PreEmption, type Preempted, stoppedBy } from './pre-emption.ts';
import { RollbacksStore } from './rollbacks.store.ts';

/** Tenants that guards are asked about one by one; of more, the first ones and everybody as a whole. */
const ASKED = 500;
/** How long guards may think, in milliseconds. */
const PATIENCE_MS = 1_000;

export interface Objections {
  readonly warnings: RollbackPlan['warnings'];
  readonly frozen: RollbackPlan['frozen'];
  readonly preempted: readonly Preempted[];
}

/** What speaks against a rollback. It is told and noted, and stops nothing: not even when the guards fail. */
@Injectable()
export class ObjectionsService {
  readonly #logger = new Logger('emergency');

  constructor(
    private readonly store: RollbacksStore,
    private readonly guards: VersionGuards,
    private readonly preEmption: PreEmption,
  ) {}

  async find(caller: Caller, outlook: Outlook): Promise<Objections> {
    const asking = this.store.consistentRead(async (tx) => {
      const preempted = await this.preEmption.find(tx, stoppedBy(outlook.hold, outlook.leftOut));
      const objections = await this.guards.check(tx, movesOf(outlook), { caller, isEmergency: true });
      const frozen = objections.filter(({ code }) => (code as string) === 'FROZEN');
      const others = objections.filter(({ code }) => (code as string) !== 'FROZEN');
      return {
        preempted,
        frozen: frozen.slice(0, ASKED).map(({ tenantId, detail }) => ({ tenantId, detail })),
        warnings: others.slice(0, ASKED).map(({ code, tenantId, detail }) => ({
          code: code as string,
          message: tenantId === null ? detail : `${tenantId}: ${detail}`,
        })),
      };
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<Objections>((resolve) => {
      timer = setTimeout(() => resolve(UNKNOWN), PATIENCE_MS);
    });
    const failed = asking.catch((error): Objections => {
      this.#logger.warn({ err: error, msg: 'what speaks against a rollback could not be found out' });
      return UNKNOWN;
    });
    const objections = await Promise.race([failed, patience]);
    clearTimeout(timer);
    return objections;
  }
}

const UNKNOWN: Objections = {
  preempted: [],
  frozen: [],
  warnings: [{ code: 'NOT_CHECKED', message: 'compatibility and freezes could not be looked up' }],
};

function movesOf({ hold, shifts }: Outlook): VersionMove[] {
  const { serviceId, fromVersion, toVersion } = hold;
  const moves = shifts
    .slice(0, ASKED)
    .flatMap((shift): VersionMove[] =>
      shift.toVersion === null
        ? []
        : [{ tenantId: shift.tenantId, serviceId, fromVersion: shift.fromVersion, toVersion: shift.toVersion }],
    );
  const isWide = hold.scope.kind !== 'tenants' || shifts.length > ASKED;
  return isWide ? [{ tenantId: null, serviceId, fromVersion, toVersion }, ...moves] : moves;
}
