import { readPage } from "./archive.ts";
import { type Change, type ChangeEvent, type HistoryEntry, parseInput } from "./event.ts";
import type { Ledger } from "./ledger.ts";
import { PAGE_ENTRIES } from "./limits.ts";
import type { StoredRecord } from "./record.ts";

/** While the change is pending it comes with the input of its execution, afterwards as its entry. */
export type OwnChange =
  | { readonly change: ChangeEvent; readonly input: string }
  | { readonly change: HistoryEntry; readonly input: undefined };

/**
 * Finds the change of a caller in a record, which tells a write that came through (its answer was lost, its process died)
 * from one that did not. It looks among what is pending, then back through history, pages included, until it meets a
 * change that is not `recent`: one that is certainly older than the caller's first try.
 */
export async function findOwnChange(
  ledger: Ledger,
  id: string,
  record: StoredRecord,
  changeId: string,
  recent: (change: Change) => boolean,
): Promise<OwnChange | undefined> {
  for (const pending of record.pending.values()) {
    if (pending.changeId === changeId) return { change: parseInput(pending.input), input: pending.input };
  }
  let entries = record.history;
  for (let page = record.archivedVersion / PAGE_ENTRIES; ; page--) {
    const own = entries.find((entry) => entry.changeId === changeId);
    if (own !== undefined) return { change: own, input: undefined };
    const oldest = entries[0];
    if (page === 0 || (oldest !== undefined && !recent(oldest))) return undefined;
    entries = await readPage(ledger, id, page);
  }
}
