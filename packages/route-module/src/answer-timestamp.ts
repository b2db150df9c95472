/** `now` as ISO 8601, formatted at most once a millisecond, and the part up to the second at most once a second. */
export function createTimestamps(now: () => number): () => string {
  let at = Number.NaN;
  let second = Number.NaN;
  let start = '';
  let text = '';
  return () => {
    const time = now();
    if (time === at) return text;
    at = time;
    const whole = Math.floor(time / 1000);
    if (whole !== second) {
      second = whole;
      start = new Date(time).toISOString().slice(0, -4);
    }
    const rest = Math.floor(time) - whole * 1000;
    text = `${start}${rest > 99 ? '' : rest > 9 ? '0' : '00'}${rest}Z`;
    return text;
  };
}
