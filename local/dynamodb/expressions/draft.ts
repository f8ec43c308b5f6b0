import { invalid } from "../errors.ts";
import { type AttributeValue, type Item, setOwn } from "../value.ts";
import { member } from "./paths.ts";
import type { Path } from "./placeholders.ts";

/**
 * An item while an update changes it. The original stays as it is: each map and list on the way to a change is copied, once
 * for the whole update, and what does not lie on such a way is shared with the original.
 */
export class Draft {
  readonly #root: { M: Item };
  readonly #copies = new Set<AttributeValue>();
  /** The item's own attributes that go: all at the end, since a map without some of its names is made by a walk over all. */
  readonly #removed = new Set<string>();

  constructor(original: Item) {
    this.#root = { M: { ...original } };
  }

  place(path: Path, value: AttributeValue): void {
    put(this.#copyOf(path.slice(0, -1)), path.at(-1), value);
  }

  remove(path: Path): void {
    const last = path.at(-1);
    if (typeof last === "string" && path.length === 1) {
      this.#removed.add(last);
      return;
    }
    const container = this.#copyOf(path.slice(0, -1));
    if (typeof last === "string" && "M" in container) container.M = without(container.M, new Set([last]));
    else if (typeof last === "number" && "L" in container) container.L.splice(last, 1);
    else throw badPath();
  }

  finish(): Item {
    return this.#removed.size === 0 ? this.#root.M : without(this.#root.M, this.#removed);
  }

  /** What is at a path, as a copy of this draft's own. */
  #copyOf(path: Path): AttributeValue {
    let container: AttributeValue = this.#root;
    for (const part of path) {
      const child = member(container, part);
      if (child === undefined) throw badPath();
      const copy = this.#copies.has(child) ? child : copyOf(child);
      this.#copies.add(copy);
      put(container, part, copy);
      container = copy;
    }
    return container;
  }
}

function copyOf(value: AttributeValue): AttributeValue {
  if ("M" in value) return { M: { ...value.M } };
  if ("L" in value) return { L: [...value.L] };
  throw badPath();
}

/** What is put beyond a list's end is appended to it. */
function put(container: AttributeValue, part: string | number | undefined, value: AttributeValue): void {
  if (typeof part === "string" && "M" in container) setOwn(container.M, part, value);
  else if (typeof part === "number" && "L" in container) container.L[Math.min(part, container.L.length)] = value;
  else throw badPath();
}

function without(map: Item, names: ReadonlySet<string>): Item {
  const rest: Item = {};
  for (const [name, value] of Object.entries(map)) if (!names.has(name)) setOwn(rest, name, value);
  return rest;
}

export function badPath(): Error {
  return invalid("The document path provided in the update expression is invalid for update");
}
