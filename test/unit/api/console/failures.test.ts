import assert from "node:assert/strict";
import { failuresPart, type KindOfFailures } from "../../../../api/console/failures.ts";
import type { Session } from "../../../../api/console/session.ts";

const session: Session = { formToken: "of-the-form", formTokens: ["of-the-form"] };

/** The tabs' texts, as one reads them. */
function tabsOf(kinds: readonly KindOfFailures[], kind: string): string[] {
  const { text } = failuresPart({ kinds, kind, page: { failures: [] }, session, root: "" });
  return [...text.matchAll(/<li><a [^>]*>(.*?)<\/a><\/li>/g)].map(([, tab = ""]) => tab.replace(/<[^>]*>/g, ""));
}

describe("The console's tabs of failures", () => {
  it("say of each kind how many are open, whichever is looked at", () => {
    const kinds = [
      { name: "requests", open: 0 },
      { name: "orders", open: 3 },
    ];

    for (const kind of ["requests", "orders"]) assert.deepEqual(tabsOf(kinds, kind), ["Requests 0 open", "Orders 3 open"]);
  });

  it("count no further than 99, and say nothing of what is not known", () => {
    const kinds = [99, 100, undefined].map((open) => ({ name: "tasks", open }));

    assert.deepEqual(tabsOf(kinds, "tasks"), ["Tasks 99 open", "Tasks 99+ open", "Tasks"]);
  });
});
