import { readEntry } from "./archive.ts";
import type { HistoryEntry } from "./event.ts";
import { type EventKey, planFor } from "./history-plan.ts";
import { type Ledger, readRecord } from "./ledger.ts";

/** How an event stands with its record, for those who only look. */
export type Standing =
  /** On its way: it is settled by its message, or tried again, or given up. */
  | { readonly standing: "pending" }
  /** In history, and nothing more is to be done for it. */
  | { readonly standing: "settled"; readonly entry: HistoryEntry }
  /** Given up, and kept in its record for a redrive. */
  | { readonly standing: "failed" }
  /** There is no such record, or it knows no such event. */
  | { readonly standing: "unknown" };

export async function readStanding(ledger: Ledger, key: EventKey): Promise<Standing> {
  const record = await readRecord(ledger, key.id);
  if (record === undefined) return { standing: "unknown" };
  if (record.failed.get(key.version)?.changeId === key.changeId) return { standing: "failed" };
  const plan = planFor(record, key);
  if (plan.case === "foreign") return { standing: "unknown" };
  if (plan.case !== "D") return { standing: "pending" };
  const entry = await readEntry(ledger, key.id, record, key.version);
  return entry?.changeId === key.changeId ? { standing: "settled", entry } : { standing: "unknown" };
}
