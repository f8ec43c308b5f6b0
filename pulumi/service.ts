/** What all kinds share: the keys of repeated calls, and the failures that a person should see. */
import type { KindResources } from "./kind.ts";
import { makeTable } from "./table.ts";
import type { Target } from "./target.ts";

export function makeService(target: Target) {
  const idempotency = makeTable(target, "Idempotency", { expiresAt: "expiresAt" });
  const failures = makeTable(target, "Failures", {
    expiresAt: "expiresAt",
    attributes: { openKind: "S", failedKey: "S" },
    indexes: [{ name: "Open", hash: "openKind", range: "failedKey", shows: "ALL" }],
  });
  return {
    tables: { Idempotency: idempotency, Failures: failures },
    queues: {},
    machines: {},
    outputs: { idempotency_table: idempotency.name, failures_table: failures.name },
  } satisfies KindResources;
}
