import { describe, expect, it } from 'vitest';
import { fitsPassword, hashPassword, makePassword } from './passwords.ts';

describe('a password', () => {
  it('is kept as argon2id and fits only itself', async () => {
    const kept = await hashPassword('correct horse battery');
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await fitsPassword(kept, 'correct horse battery')).toBe(true);
    expect(await fitsPassword(kept, 'correct horse batterz')).toBe(false);
  });

  it('never fits a user who does not exist', async () => {
    expect(await fitsPassword(undefined, '')).toBe(false);
  });

  it('for one use has 24 letters without look-alikes and never comes twice', () => {
    const made = Array.from({ length: 200 }, makePassword);
    expect(new Set(made).size).toBe(200);
    for (const password of made) expect(password).toMatch(/^[a-hjkmnp-z2-9]{24}$/);
  });
});
