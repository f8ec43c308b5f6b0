import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Json, JsonObject } from "../../../local/json.ts";
import { TestEndpoint, tableInput } from "./endpoint.ts";

const ROUNDS = 5;

describe("DynamoDB under kill -9", () => {
  it("loses no acknowledged item, and its index agrees with its table", async function () {
    this.timeout(60_000);
    // Prepare
    const endpoint = new TestEndpoint();
    const index = {
      AttributeDefinitions: ["id", "color"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
      GlobalSecondaryIndexes: [
        { IndexName: "by-color", KeySchema: [{ AttributeName: "color", KeyType: "HASH" }], Projection: { ProjectionType: "ALL" } },
      ],
    };
    await endpoint.call("CreateTable", tableInput("things", undefined, index));
    const acknowledged = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      // Act
      await endpoint.whileClosed(async (directory) => {
        for (const id of await writeUntilKilled(join(directory, "data.sqlite"), round)) acknowledged.add(id);
      });
      // Assess
      const items = await all(endpoint, {});
      const ids = new Set(items.map(idOf));
      assert.deepEqual(
        [...acknowledged].filter((id) => !ids.has(id)),
        [],
      );
      const colored = items.filter((item) => item.color !== undefined).map((item) => JSON.stringify(item));
      const entries = (await all(endpoint, { IndexName: "by-color" })).map((item) => JSON.stringify(item));
      assert.deepEqual(entries.sort(), colored.sort());
    }
    assert.ok(acknowledged.size > ROUNDS);
    endpoint.close();
  });
});

/** The ids whose writes a process acknowledged before it was killed in the midst of others. */
async function writeUntilKilled(file: string, round: number): Promise<string[]> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), file, String(round)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ids: string[] = [];
  const enough = 40 + round * 37;
  for await (const id of createInterface({ input: writer.stdout })) {
    ids.push(id);
    if (ids.length === enough) writer.kill("SIGKILL");
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  assert.equal(writer.signalCode, "SIGKILL");
  return ids;
}

async function all(endpoint: TestEndpoint, more: JsonObject): Promise<JsonObject[]> {
  const found: Json[] = [];
  for (let start: Json | undefined; ; ) {
    const input: JsonObject = { TableName: "things", ...more };
    if (start !== undefined) input.ExclusiveStartKey = start;
    const page = await endpoint.call("Scan", input);
    if (Array.isArray(page.Items)) found.push(...page.Items);
    start = page.LastEvaluatedKey;
    if (start === undefined) return found as JsonObject[];
  }
}

function idOf(item: JsonObject): string {
  return (item.id as { S: string }).S;
}
