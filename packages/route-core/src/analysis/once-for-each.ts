/** The same function, which works out each object once and keeps that as long as the object. It must not change meanwhile. */
export function onceForEach<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let kept = made.get(key);
    if (kept === undefined) {
      kept = { value: make(key) };
      made.set(key, kept);
    }
    return kept.value;
  };
}
