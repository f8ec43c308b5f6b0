/** The listing itself, apart from how its versions answer it: keys in byte order, rolled up at a delimiter, page by page. */

export interface ListingQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** The last key or common prefix of the page before; empty for the first page. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix listed: what the next page starts after. */
  readonly last: string;
}

/** Finds the first item whose key is at or after the given text. */
export type Seek<Item> = (from: string) => Item | undefined;

/** Every key under a common prefix is passed over with one seek, so a listing costs as much as what it lists. */
export function list<Item extends { readonly key: string }>(seek: Seek<Item>, query: ListingQuery): Listing<Item> {
  const items: Item[] = [];
  const commonPrefixes: string[] = [];
  let last = "";
  let from: string | undefined = firstAfter(query);
  while (from !== undefined) {
    const item = seek(from);
    if (item === undefined || !item.key.startsWith(query.prefix)) return { items, commonPrefixes, truncated: false, last };
    if (items.length + commonPrefixes.length >= query.maxKeys) return { items, commonPrefixes, truncated: query.maxKeys > 0, last };
    const common = commonPrefix(item.key, query);
    if (common === undefined) {
      items.push(item);
      last = item.key;
      from = `${item.key}\0`;
    } else {
      commonPrefixes.push(common);
      last = common;
      from = afterPrefix(common);
    }
  }
  return { items, commonPrefixes, truncated: false, last };
}

function firstAfter({ prefix, delimiter, after }: ListingQuery): string | undefined {
  if (after === "" || compareBytes(after, prefix) < 0) return prefix;
  // A page that starts after a common prefix, or after a key under it, has that prefix behind it as a whole.
  const common = after.startsWith(prefix) ? commonPrefix(after, { prefix, delimiter }) : undefined;
  return common === undefined ? `${after}\0` : afterPrefix(common);
}

function commonPrefix(key: string, { prefix, delimiter }: { prefix: string; delimiter: string }): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The least text that is after every text with the prefix, in the order of UTF-8 bytes; undefined where nothing is after. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) ?? 0;
    if (code < 0x10ffff) return points.join("") + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return undefined;
}

/** UTF-16 order, which JavaScript compares by, differs from it above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
