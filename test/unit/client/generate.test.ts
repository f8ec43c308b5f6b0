import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../../api/catalogue.ts";
import { describeApi } from "../../../api/openapi.ts";
import { generateClient } from "../../../scripts/client/generate.ts";
import { typeOf } from "../../../scripts/client/types.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

describe("The generated client", () => {
  it("is what the API's description gives now: npm run client", () => {
    // Prepare
    const document: unknown = JSON.parse(JSON.stringify(describeApi(catalogue(), { version: "", bodyBytesMax: 0 })));

    // Act
    const format = ["format", "--stdin-file-path=client/milepost.ts"];
    const now = execFileSync(join(ROOT, "node_modules", ".bin", "biome"), format, {
      cwd: ROOT,
      input: generateClient(document),
      encoding: "utf8",
    });

    // Assess
    assert.equal(readFileSync(join(ROOT, "client", "milepost.ts"), "utf8"), now);
  });

  it("has a type for every schema, and says which it has none for", () => {
    const expected: readonly [object, string][] = [
      [{ $ref: "#/components/schemas/Task" }, "Task"],
      [{ const: "ok" }, '"ok"'],
      [{ type: "string", enum: ["a", "b"] }, '"a" | "b"'],
      [{ anyOf: [{ type: "string" }, { type: "null" }] }, "string | null"],
      [{ type: ["integer", "null"] }, "number | null"],
      [{ type: "array", items: { type: "string", enum: ["a", "b"] } }, 'readonly ("a" | "b")[]'],
      [
        { type: "object", properties: { a: { type: "boolean" }, "b-c": { type: "number" } }, required: ["a"] },
        '{ readonly a: boolean; readonly "b-c"?: number | undefined }',
      ],
    ];
    for (const [schema, type] of expected) assert.equal(typeOf({ ...schema }), type);
    assert.throws(() => typeOf({ type: "file" }), /There is no type for {"type":"file"}/);
  });
});
