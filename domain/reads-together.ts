/**
 * Reads of single records that are asked for at the same moment, as by the messages of one receive, made one call.
 *
 * - Each is as fresh as a read of its own: it is made after it was asked for.
 * - One record alone is read as ever, and a record that cannot be parsed fails those who asked for it, and nobody else.
 */
import { readItems } from "./batch-read.ts";
import { type Ledger, readRecord } from "./ledger.ts";
import { parseRecord, type StoredRecord } from "./record.ts";

type Answer = Promise<StoredRecord | undefined>;

export class ReadsTogether {
  readonly #ledger: Ledger;
  #asked = new Map<string, Answer>();
  /** What those who have asked since the last call wait for. */
  #read: Promise<(id: string) => Answer> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  read(id: string): Answer {
    const same = this.#asked.get(id);
    if (same !== undefined) return same;
    this.#read ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#send());
    const answer = this.#read.then((answerTo) => answerTo(id));
    this.#asked.set(id, answer);
    return answer;
  }

  async #send(): Promise<(id: string) => Answer> {
    const ids = [...this.#asked.keys()];
    this.#asked = new Map();
    this.#read = undefined;
    if (ids.length === 1) return (id) => readRecord(this.#ledger, id);
    const items = await readItems(this.#ledger, ids);
    return async (id) => {
      const item = items.get(id);
      return item && parseRecord(item);
    };
  }
}
