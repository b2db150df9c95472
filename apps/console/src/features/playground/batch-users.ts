/** Most that one run decides: the browser keeps them all as text. */
export const userLimit = 200_000;

/** Ids, one a line or separated by commas; empty ones are left out, double ones counted once. */
export function readUsers(text: string): string[] {
  return [...new Set(text.split(/[\n,]/).map((id) => id.trim()))].filter((id) => id !== '').slice(0, userLimit);
}

/** `user-1` to `user-n`: the same every time, so that two runs can be compared. */
export function makeUsers(count: number): string[] {
  const whole = Math.max(0, Math.min(userLimit, Math.floor(count) || 0));
  return Array.from({ length: whole }, (_, index) => `user-${index + 1}`);
}
