import { UpgradeKind, type UpgradeOptions } from '../../api/generated/model/index.ts';

/** What is to be upgraded, as it stands in the URL: the page of a tenant, a ticket or a runbook can link to it. */
export interface StartWish {
  tenant?: string;
  service?: string;
  version?: string;
  /** Left out: the database together with the route. */
  kind?: Extract<UpgradeKind, 'schema'>;
}
const texts = ['tenant', 'service', 'version'] as const;

export function readStartWish(search: Record<string, unknown>): StartWish {
  const wish: StartWish = {};
  for (const name of texts) {
    const value = search[name];
    if ((typeof value === 'string' || typeof value === 'number') && String(value).trim())
      wish[name] = String(value).trim().slice(0, 64);
  }
  if (search['kind'] === UpgradeKind.schema) wish.kind = 'schema';
  return wish;
}

/** The wish with one answer changed; the version belongs to its service. */
export function wishWith(wish: StartWish, name: keyof StartWish, value: string): StartWish {
  const { [name]: _, ...others } = wish;
  const next = readStartWish({ ...others, [name]: value });
  if (name === 'service') delete next.version;
  return next;
}

/** As the API has them by default, so that what is shown is what is asked for. */
export const usualOptions: UpgradeOptions = {
  backup: 'contract',
  contract: 'ask',
  soakSeconds: 60,
  gates: { maxFailedShare: 0.05, minDecisions: 0, hookSeconds: 10 },
};

export function isHookUrl(text: string): boolean {
  return text === '' || (/^https?:\/\//.test(text) && URL.canParse(text) && text.length <= 500);
}
