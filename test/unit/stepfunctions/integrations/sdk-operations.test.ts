import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServices, SCHEMA } from "../../../../local/services.ts";
import { SDK_OPERATIONS } from "../../../../local/stepfunctions/asl/sdk-operations.ts";
import { upperInitial } from "../../../../local/stepfunctions/integrations/spelling.ts";
import { openStore } from "../../../../local/store.ts";

describe("SDK_OPERATIONS", () => {
  it("are the operations that the endpoint's services have, one and all", () => {
    // Prepare
    const directory = mkdtempSync(join(tmpdir(), "services-"));
    const store = openStore(join(directory, "data.sqlite"), SCHEMA);

    // Act
    const { named, s3 } = createServices(store, directory, { retentionDays: 30 });

    // Assess
    for (const [name, operations] of SDK_OPERATIONS) {
      const service = name === "s3" ? s3.named : named.find((candidate) => candidate.name === name)?.operations;
      assert.deepEqual([...operations.keys()].map(upperInitial).sort(), [...(service?.keys() ?? [])].sort());
    }
    s3.stop();
    store.close();
    rmSync(directory, { recursive: true });
  });
});
