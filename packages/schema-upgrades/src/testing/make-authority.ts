import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A certificate authority for the time of a test. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Writes `server.crt` and `server.key` for a name into the folder that all authorities share, over what was there. */
  issue(name: string): { readonly certificate: string; readonly key: string };
}

/** Two of them, that know nothing of each other, in a folder that every account can read. */
export function makeAuthorities(): { folder: string; ours: Authority; stranger: Authority; remove(): void } {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-authority-'));
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, ours: makeAuthority(folder, 'ours'), stranger: makeAuthority(folder, 'stranger'), remove };
}

/** For the options of `describe`. */
export function needsOpenssl(): { readonly skip: boolean; readonly meta: object } {
  const isThere = spawnSync('openssl', ['version']).status === 0;
  return isThere ? { skip: false, meta: {} } : { skip: true, meta: { skipReason: 'no openssl on this machine' } };
}

function makeAuthority(folder: string, who: string): Authority {
  const own = path.join(folder, who);
  request('-subj', `/CN=${who}`, '-keyout', `${own}.key`, '-out', `${own}.crt`);
  return {
    certificate: readFileSync(`${own}.crt`, 'utf8'),
    issue(name) {
      const [certificate, key] = [path.join(folder, 'server.crt'), path.join(folder, 'server.key')];
      const by = ['-CA', `${own}.crt`, '-CAkey', `${own}.key`];
      const what = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
      request(...by, ...what, '-addext', 'basicConstraints=CA:FALSE', '-keyout', key, '-out', certificate);
      for (const file of [certificate, key]) chmodSync(file, 0o644);
      return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    },
  };
}

function request(...more: string[]): void {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const { status, stderr } = spawnSync('openssl', ['req', ...kind, ...more], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
