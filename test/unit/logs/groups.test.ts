import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../../../local/errors.ts";
import type { JsonObject } from "../../../local/json.ts";
import { createLogs, LOGS_SCHEMA } from "../../../local/logs.ts";
import { openStore } from "../../../local/store.ts";

describe("DescribeLogGroups", () => {
  const directory = mkdtempSync(join(tmpdir(), "logs-"));
  const store = openStore(join(directory, "data.sqlite"), LOGS_SCHEMA);
  const logs = createLogs(store);

  after(() => {
    store.close();
    rmSync(directory, { recursive: true });
  });

  async function call(operation: string, input: JsonObject): Promise<JsonObject> {
    const run = logs.operations.get(operation);
    assert.ok(run !== undefined);
    return run({ operation, input, region: "us-east-1", requestId: "", origin: "", signal: new AbortController().signal });
  }

  it("refuses to narrow by what it would pass over, instead of answering with every group", async () => {
    await call("CreateLogGroup", { logGroupName: "a" });
    const inputs: JsonObject[] = [{ logGroupIdentifiers: ["b"] }, { logGroupClass: "DELIVERY" }];
    for (const input of inputs) {
      await assert.rejects(call("DescribeLogGroups", input), (error) => error instanceof AwsError && error.status === 400);
    }
  });
});
