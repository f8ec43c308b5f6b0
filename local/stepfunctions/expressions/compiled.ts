/**
 * Remembers what `compile` made of a text, for the `limit` texts seen last.
 *
 * An expression is evaluated thousands of times but written once, so each is compiled once; the limit keeps memory flat
 * however many definitions come and go. A text that does not compile throws each time and is not remembered.
 */
export function compiledOnce<T>(limit: number, compile: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = compile(text);
    if (known.size >= limit) {
      const oldest = known.keys().next();
      if (!oldest.done) known.delete(oldest.value);
    }
    known.set(text, made);
    return made;
  };
}
