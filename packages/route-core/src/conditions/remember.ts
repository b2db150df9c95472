const REMEMBERED = 500;

/** The same function, which keeps what it made of the texts it saw last. What it makes must be the same every time. */
export function remember<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size >= REMEMBERED) made.clear();
    made.set(text, value);
    return value;
  };
}
