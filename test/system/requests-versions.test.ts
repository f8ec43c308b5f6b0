import assert from "node:assert/strict";
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { recordKey } from "../../domain/ids.ts";
import { requests } from "../../domain/requests.ts";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";

const WAIT_MS = 60_000;

/** What a later version may write is made by hand here: another schema's number, and fields that are not known yet. */
describe("API and worker of different versions", function () {
  this.timeout(180_000);
  let system: TestSystem;

  before(async () => {
    system = await TestSystem.start();
  });
  after(() => system?.stop());

  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${system.adminToken}`, ...(body && { "content-type": "application/json" }) };
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: AbortSignal.timeout(30_000) };
    const response = await fetch(`${system.url}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const create = async () => String((await call("POST", "/requests", { title: "upgraded" })).body.requestId);
  const keyOf = (id: string) => ({ PK: { S: recordKey(requests, id) } });
  const settled = (id: string, version: number) =>
    eventually(async () => assert.equal((await call("GET", `/requests/${id}`)).body.historyVersion, version), WAIT_MS);

  it("go together: an older worker carries out what a newer API has written", async () => {
    // Prepare
    const id = await create();
    await settled(id, 1);
    const facts = { v: 2, kind: "requests", id, eventId: `${id}-2`, version: 2, from: "PENDING", to: "IN_PROGRESS" };
    const event = {
      ...facts,
      changedAt: new Date().toISOString(),
      changeId: "newer",
      type: "request.status-changed",
      priority: { high: true },
    };
    const input = JSON.stringify(event);

    // Act
    await system.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: system.outputs.requests_table,
        Key: keyOf(id),
        UpdateExpression:
          "SET #s = :s, version = :two, v = :two, #p.#n = :pending, pendingShard = :shard, pendingDue = :due, pendingSince = :due, priority = :x",
        ExpressionAttributeNames: { "#s": "status", "#p": "pending", "#n": "2" },
        ExpressionAttributeValues: {
          ":s": { S: "IN_PROGRESS" },
          ":two": { N: "2" },
          ":pending": {
            M: {
              changeId: { S: "newer" },
              input: { S: input },
              changedAt: { S: event.changedAt },
              attempt: { N: "1" },
              lane: { S: "fast" },
            },
          },
          ":shard": { S: "requests-0" },
          ":due": { N: String(Date.now() + 60_000) },
          ":x": { S: "high" },
        },
      }),
    );
    const start = { stateMachineArn: system.outputs.requests_state_machine_arn, name: event.eventId, input };
    await system.clients.sfn.send(new StartExecutionCommand(start));

    // Assess
    await settled(id, 2);
    await eventually(async () => {
      const arn = executionArn(system.outputs.requests_state_machine_arn, event.eventId);
      const { status } = await system.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      assert.equal(status, "SUCCEEDED");
    }, WAIT_MS);
  });

  it("go together: an older API shows and changes what a newer worker has written, and leaves what it does not know", async () => {
    // Prepare
    const id = await create();
    await settled(id, 1);
    await system.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: system.outputs.requests_table,
        Key: keyOf(id),
        UpdateExpression: "SET statusHistory[0].deliveredTo = :x, seenBy = :x, v = :two",
        ExpressionAttributeValues: { ":x": { S: "newer" }, ":two": { N: "2" } },
      }),
    );

    // Act
    const shown = await call("GET", `/requests/${id}`);
    const changed = await call("PATCH", `/requests/${id}/status`, { status: "IN_PROGRESS" });
    await settled(id, 2);

    // Assess
    assert.deepEqual([shown.status, changed.status], [200, 200]);
    const { Item: item } = await system.clients.dynamodb.send(
      new GetItemCommand({ TableName: system.outputs.requests_table, Key: keyOf(id), ConsistentRead: true }),
    );
    assert.equal(item?.seenBy?.S, "newer");
    assert.equal(item?.statusHistory?.L?.[0]?.M?.deliveredTo?.S, "newer");
  });
});
