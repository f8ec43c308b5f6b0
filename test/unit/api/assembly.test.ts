import assert from "node:assert/strict";
import { operationsOf } from "../../../api/assembly.ts";
import { makeApiMetrics } from "../../../api/metrics.ts";
import { API_LIMITS, makeClients } from "../../../config/clients.ts";
import { OUTPUTS, type Outputs } from "../../../config/outputs.ts";
import { readSettings } from "../../../config/settings.ts";
import { captureLog } from "../../support/log.ts";

const settings = readSettings({});
const operations = operationsOf({
  settings,
  secrets: { adminTokens: ["the-tests-admin-token"], appSecrets: [Buffer.alloc(32)], jwtSecrets: [Buffer.alloc(32, "j")] },
  outputs: Object.fromEntries(OUTPUTS.map((output) => [output, `the/${output}`])) as Outputs,
  clients: makeClients(settings, API_LIMITS),
  logger: captureLog().logger,
  metrics: makeApiMetrics(),
  isDraining: () => false,
});

describe("The API's operations", () => {
  it("have a name and an address each, and no two the same", () => {
    for (const unique of [operations.map(({ name }) => name), operations.map(({ method, at }) => `${method} ${at}`)])
      assert.deepEqual([...new Set(unique)], unique);
  });

  for (const { method, at, path, summary, answers } of operations) {
    describe(`${method} ${at}`, () => {
      it("is described by a sentence", () => {
        assert.match(summary, /^[A-Z].*\.$/);
      });

      it("checks each parameter of its path", () => {
        const names = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        assert.deepEqual(Object.keys(path !== undefined && "shape" in path ? Object(path.shape) : {}), names);
      });

      for (const [status, { description, schema, example }] of Object.entries(answers)) {
        it(`shows with ${status} an example that is one`, () => {
          assert.match(description, /^[A-Z].*\.$/);
          const result = schema.safeParse(example);
          assert.equal(result.error?.message, undefined);
        });
      }
    });
  }
});
