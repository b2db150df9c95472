import type { Session } from './generated/model/index.ts';

const storageKey = 'grey.session';
type Kept = Pick<Session, 'accessToken' | 'expiresAt' | 'mustChangePassword'>;
const listeners = new Set<() => void>();
let kept: Kept | null = read();

function read(): Kept | null {
  try {
    const text = globalThis.localStorage?.getItem(storageKey);
    return text ? (JSON.parse(text) as Kept) : null;
  } catch {
    return null;
  }
}

/** The session of this browser, shared by its tabs: logging out in one logs out all. */
export const session = {
  get current(): Kept | null {
    return kept && Date.parse(kept.expiresAt) > Date.now() ? kept : null;
  },
  set(next: Session | null): void {
    kept = next && {
      accessToken: next.accessToken,
      expiresAt: next.expiresAt,
      mustChangePassword: next.mustChangePassword,
    };
    if (kept) localStorage.setItem(storageKey, JSON.stringify(kept));
    else localStorage.removeItem(storageKey);
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

globalThis.addEventListener?.('storage', (event) => {
  if (event.key !== storageKey) return;
  kept = read();
  for (const listener of listeners) listener();
});
