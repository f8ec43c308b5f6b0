/** A pattern of StringMatches: literal characters, and undefined for each `*`. */
type Pattern = (string | undefined)[];

/**
 * Whether the whole of `text` matches a StringMatches pattern: `*` stands for any number of characters, `\*` and `\\` for the
 * character after the backslash, everything else (`?` too) for itself.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  const wanted = parsePattern(pattern);
  let at = 0;
  let next = 0;
  let star = -1;
  let resumeAt = 0;
  // When a character does not fit, only the last star takes one more: earlier stars never need to, so this stays fast.
  while (at < text.length) {
    if (next < wanted.length && wanted[next] === undefined) {
      star = next++;
      resumeAt = at;
    } else if (next < wanted.length && wanted[next] === text[at]) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  return wanted.slice(next).every((part) => part === undefined);
}

function parsePattern(pattern: string): Pattern {
  const parts: Pattern = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "\\" && "*\\".includes(pattern[at + 1] ?? " ")) parts.push(pattern[++at]);
    else parts.push(char === "*" ? undefined : char);
  }
  return parts;
}
