/** Where a list goes on, as a text for its caller: signed, good for the same list only, and for a day. */
import type { Keys } from "../domain/sealing.ts";
import { sign, verify } from "../domain/tokens.ts";
import { invalid } from "./problem.ts";

const GOOD_FOR_MS = 24 * 3_600_000;

export class Cursors {
  readonly #keys: Keys;
  readonly #clock: () => number;

  constructor(keys: Keys, clock: () => number = Date.now) {
    this.#keys = keys;
    this.#clock = clock;
  }

  write(list: string, position: string): string {
    return sign(this.#keys, `cursor ${list}`, position, this.#clock() + GOOD_FOR_MS);
  }

  /** The position; undefined where no cursor was given. One that is forged, another list's or too old is refused. */
  read(list: string, cursor: string | undefined): string | undefined {
    if (cursor === undefined) return undefined;
    const position = verify(this.#keys, `cursor ${list}`, cursor, this.#clock());
    if (position === undefined)
      throw invalid([{ field: "token", rule: "cursor", message: "is not a page token of this list, or is older than a day" }]);
    return position;
  }
}
