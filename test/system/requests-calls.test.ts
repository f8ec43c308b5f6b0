import assert from "node:assert/strict";
import { paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";

const RECORDS = 20;
const WAIT_MS = 60_000;

describe("what a change of a request's status costs", function () {
  this.timeout(180_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start();
  });
  after(() => system?.stop());

  const headers = () => ({ authorization: `Bearer ${system.adminToken}`, "content-type": "application/json" });
  const send = async (method: string, path: string, body: object, more: Record<string, string> = {}) => {
    const init = { method, headers: { ...headers(), ...more }, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) };
    return (await (await fetch(`${system.url}${path}`, init)).json()) as Record<string, string>;
  };
  const create = async () => (await send("POST", "/requests", { title: "counted" })).requestId ?? "";
  const change = (id: string, more = {}) => send("PATCH", `/requests/${id}/status`, { status: "IN_PROGRESS" }, more);
  const succeeded = async (count: number) =>
    eventually(() => assert.equal(system.proxy.count("SendTaskSuccess") - successesBefore, count), WAIT_MS);
  let successesBefore = 0;

  /**
   * What the calls of some work add to the counts, but for those that time brings: polls and the relay's looks. The executions that it
   * starts, one each, are waited for in turn: an endpoint that falls behind would have the relay look after what is late.
   */
  async function countOf(works: readonly (() => Promise<unknown>)[], executions: 0 | 1 = 1): Promise<Record<string, number>> {
    const before = new Map(system.proxy.counts);
    for (const work of works) {
      successesBefore = system.proxy.count("SendTaskSuccess");
      await work();
      await succeeded(executions);
    }
    const timed = new Set(["ReceiveMessage", "Query", "DeleteMessageBatch"]);
    const added = [...system.proxy.counts]
      .filter(([name]) => !timed.has(name))
      .map(([name, count]) => [name, count - (before.get(name) ?? 0)]);
    return Object.fromEntries(added.filter(([, count]) => count !== 0));
  }

  it("is four calls where the API remembers the record: two writes, a start and an answer", async () => {
    // Prepare
    const ids: string[] = [];
    const made = await countOf(Array.from({ length: RECORDS }, () => async () => ids.push(await create())));

    // Act
    const changed = await countOf(ids.map((id) => () => change(id)));

    // Assess
    assert.deepEqual(made, { PutItem: RECORDS, UpdateItem: RECORDS, StartExecution: RECORDS, SendTaskSuccess: RECORDS });
    assert.deepEqual(changed, { UpdateItem: 2 * RECORDS, StartExecution: RECORDS, SendTaskSuccess: RECORDS });
  });

  it("is one more, a read, where it does not", async () => {
    // Prepare
    const ids: string[] = [];
    await countOf(Array.from({ length: RECORDS }, () => async () => ids.push(await create())));
    await system.api.end();
    await system.api.start();

    // Act
    const changed = await countOf(ids.map((id) => () => change(id)));

    // Assess
    assert.deepEqual(changed, { GetItem: RECORDS, UpdateItem: 2 * RECORDS, StartExecution: RECORDS, SendTaskSuccess: RECORDS });
  });

  it("is two more with an Idempotency-Key, and one for each time it is asked again", async () => {
    // Prepare
    let id = "";
    await countOf([
      async () => {
        id = await create();
      },
    ]);

    // Act
    const keyed = { "idempotency-key": "the-key" };
    const first = await countOf([() => change(id, keyed)]);
    const again = await countOf([() => change(id, keyed)], 0);

    // Assess
    assert.deepEqual(first, { PutItem: 1, UpdateItem: 3, StartExecution: 1, SendTaskSuccess: 1 });
    assert.deepEqual(again, { PutItem: 1 });
  });

  it("is one state entered", async () => {
    const id = await create();
    const { executionArn: arn = "" } = await change(id);
    assert.equal(arn, executionArn(system.outputs.requests_state_machine_arn, `${id}-2`));
    await eventually(async () => {
      const types: string[] = [];
      for await (const page of paginateGetExecutionHistory({ client: system.clients.sfn }, { executionArn: arn })) {
        types.push(...(page.events ?? []).map(({ type }) => String(type)));
      }
      assert.equal(types.at(-1), "ExecutionSucceeded");
      assert.equal(types.filter((type) => type.endsWith("StateEntered")).length, 1);
      assert.equal(types.filter((type) => type === "TaskStateEntered").length, 1);
    }, WAIT_MS);
  });
});
