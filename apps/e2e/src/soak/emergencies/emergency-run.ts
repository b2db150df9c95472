import { type FollowingRouters, startFollowingRouters } from '../../../../api/test/following-routers.ts';
import { BeatingFleet } from '../outages/beating-fleet.ts';
import { EmergencyOperators } from './emergency-operators.ts';
import { HistoryJudge, type Look } from './history-judge.ts';
import { KillableProduct } from './killable-product.ts';
import { pictureOf } from './log-replay.ts';
import { Watchers } from './watchers.ts';

const SERVICE = 'pay';
const VERSIONS = ['v0', 'v1', 'v2', 'v3'];
const TENANTS = Array.from({ length: 8 }, (_, number) => `tenant-${number}`);
const FAIL_SHARE = 0.05;
const STEPS = [
  'rollback',
  'rollback',
  'rollback',
  'rollback',
  'move',
  'move',
  'undo',
  'kill',
  'kill',
  'flush',
  'look',
] as const;

export interface EmergencyReport {
  readonly histories: number;
  readonly acknowledged: number;
  readonly byDurability: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly unanswered: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly decided: number;
  readonly rebuilt: number;
  readonly faults: readonly string[];
}

/** Two replicas of the API and two routers, through short histories in which processes are killed hard. */
export class EmergencyRun {
  readonly #product: KillableProduct;
  readonly #services: BeatingFleet;
  readonly #watchers: Watchers;
  readonly #judge: HistoryJudge;
  readonly #operators: EmergencyOperators;
  #fleet: FollowingRouters | undefined;
  #looks: Look[] = [];
  readonly #faults: string[] = [];
  #histories = 0;

  private constructor(product: KillableProduct, services: BeatingFleet) {
    this.#product = product;
    this.#services = services;
    const { apis, token } = product.replicas;
    const urls = apis.map(({ url }) => url);
    this.#operators = new EmergencyOperators(product, { serviceId: SERVICE, versions: VERSIONS, tenantIds: TENANTS });
    const { takenBack } = this.#operators;
    this.#watchers = new Watchers({ urls, token, serviceId: SERVICE, tenantIds: TENANTS, takenBack });
    product.onBegun((replica) => this.#watchers.begunAnew(replica));
    this.#judge = new HistoryJudge(product, takenBack);
  }

  static async start(seed: number): Promise<EmergencyRun> {
    const product = await KillableProduct.start(seed);
    const { apis, token, redis } = product.replicas;
    const services = new BeatingFleet(
      apis.map(({ url }) => url),
      token,
    );
    const run = new EmergencyRun(product, services);
    try {
      await run.#fill();
      run.#fleet = await startFollowingRouters(redis.url, {
        count: 2,
        prefix: 'router',
        failShare: FAIL_SHARE,
        seed,
        onSnapshot: (router, snapshot) => run.#watchers.seen(router, snapshot),
      });
      run.#watchers.start();
      return run;
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  get report(): EmergencyReport {
    return {
      histories: this.#histories,
      rebuilt: this.#judge.rebuilt,
      acknowledged: this.#operators.takenBack.length,
      byDurability: this.#operators.byDurability,
      kills: this.#product.kills,
      refused: this.#product.refused,
      unanswered: this.#product.unanswered,
      decided: this.#watchers.decided,
      faults: [...this.#faults, ...this.#watchers.faults],
    };
  }

  /** Some steps, then everything comes back and is judged. */
  async runHistory(): Promise<void> {
    this.#operators.changeIds = [];
    this.#looks = [];
    const length = 5 + Math.floor(this.#product.random() * 5);
    for (let number = 0; number < length; number++) await this.#step(this.#product.pick(STEPS));
    await this.#product.allBack();
    const missing = await this.#judge.untilSettled(this.#fleet?.routers ?? []);
    const faults = missing === undefined ? await this.#judge.judge(this.#operators.changeIds, this.#looks) : [];
    if (missing !== undefined) faults.push(`it did not settle: ${missing}`);
    this.#histories++;
    for (const fault of faults) this.#faults.push(`history ${this.#histories}: ${fault}`);
  }

  async stop(): Promise<void> {
    await this.#watchers.stop();
    for (const router of this.#fleet?.routers ?? []) await router.stop();
    this.#services.stop();
    await this.#product.stop();
  }

  async #fill(): Promise<void> {
    const { call } = this.#product.replicas;
    await call('POST', '/api/services', { id: SERVICE });
    for (const version of VERSIONS) {
      await call('POST', `/api/services/${SERVICE}/versions`, { version });
      await this.#services.add({ serviceId: SERVICE, version, instanceId: `${SERVICE}-${version}` });
    }
    for (const id of TENANTS) {
      await call('POST', '/api/tenants', { id, name: id });
      await call('PUT', `/api/tenants/${id}/services/${SERVICE}`, { targetVersion: 'v3' });
    }
  }

  async #step(step: (typeof STEPS)[number]): Promise<void> {
    if (step === 'rollback') await this.#operators.rollBack();
    else if (step === 'move') await this.#operators.move();
    else if (step === 'undo') await this.#operators.undo();
    else if (step === 'kill') await this.#product.killOrBring(this.#product.pick(['postgres', 'postgres', 0, 1]));
    else if (step === 'flush') await this.#product.flush();
    else this.#look();
  }

  /** What a router has now, to be compared with what will be said of this moment later. */
  #look(): void {
    const base = this.#product.pick(this.#fleet?.routers ?? []).followed.base;
    if (base === undefined) return;
    const { epoch, revision } = base.position;
    this.#looks.push({ revision, changeId: `${epoch}-${revision}`, picture: pictureOf(base, TENANTS) });
  }
}
