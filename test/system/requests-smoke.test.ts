import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";
import { sh, shJson } from "./support/shell.ts";

/** LocalStack takes its time. */
const WAIT_MS = 30_000;

/** The smoke test a user follows by hand, line for line; only addresses and the token are put in. */
describe("the request tracker's smoke test", function () {
  this.timeout(180_000);
  let system: TestSystem;
  let requestId = "";
  let trackingUrl = "";
  let executionArn = "";
  const aws = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };

  before(async () => {
    system = await TestSystem.start();
  });
  after(() => system?.stop());

  const describeExecution = () =>
    shJson(`aws --endpoint-url=${system.proxy.url} stepfunctions describe-execution --execution-arn ${executionArn}`, aws);

  it("2. is healthy", async () => {
    assert.equal(await sh(`curl -s ${system.url}/health`), "ok");
  });

  it("3. creates a request", async () => {
    const answer = await shJson(`curl -s -X POST ${system.url}/requests \\
      -H 'Content-Type: application/json' \\
      -d '{"title":"test-job"}'`);

    requestId = String(answer.requestId);
    trackingUrl = String(answer.trackingUrl);
    assert.equal(answer.title, "test-job");
    assert.ok(!Number.isNaN(Date.parse(String(answer.createdAt))));
    assert.match(trackingUrl, new RegExp(`^${system.url}/requests/${requestId}\\?t=[A-Za-z0-9_-]{22,}$`));
  });

  it("4. shows it at its tracking address", async () => {
    assert.equal((await shJson(`curl -s "${trackingUrl}"`)).status, "PENDING");
  });

  it("5. changes its status; the execution is RUNNING while no worker has written the history", async () => {
    const [worker] = system.workers;
    await eventually(async () => assert.match(await sh(`curl -s "${trackingUrl}"`), /"notifiedAt"/), WAIT_MS);
    worker?.signal("SIGSTOP");
    try {
      const answer = await shJson(`curl -s -X PATCH "${system.url}/requests/${requestId}/status" \\
        -H "Authorization: Bearer ${system.adminToken}" \\
        -H "Content-Type: application/json" \\
        -d '{"status":"IN_PROGRESS"}'`);

      executionArn = String(answer.executionArn);
      assert.deepEqual([answer.requestId, answer.newStatus, answer.eventId], [requestId, "IN_PROGRESS", `${requestId}-2`]);
      assert.ok(!Number.isNaN(Date.parse(String(answer.changedAt))));
      assert.equal((await describeExecution()).status, "RUNNING");
    } finally {
      worker?.signal("SIGCONT");
    }
  });

  it("5. has the worker say so in its log", async () => {
    const line = `processed eventId=${requestId}-2 requestId=${requestId} newStatus=IN_PROGRESS`;
    await eventually(() => assert.ok(system.workers[0]?.log().includes(line)), WAIT_MS);
  });

  it("6. shows the new status at the tracking address", async () => {
    assert.equal((await shJson(`curl -s "${trackingUrl}"`)).status, "IN_PROGRESS");
  });

  it("7. has the history in the table", async () => {
    const answer = await shJson(
      `aws --endpoint-url=${system.proxy.url} dynamodb get-item \\
        --table-name Requests \\
        --key '{"PK":{"S":"REQ#${requestId}"}}'`,
      aws,
    );

    const item = answer.Item as Record<string, { S?: string; L?: unknown[] }>;
    assert.equal(item.statusHistory?.L?.length, 2);
    assert.equal(item.lastEventId?.S, `${requestId}-2`);
    assert.ok(!Number.isNaN(Date.parse(item.notifiedAt?.S ?? "")));
  });

  it("ends the execution with the history's entry as its output", async () => {
    const ended = await eventually(async () => {
      const answer = await describeExecution();
      assert.equal(answer.status, "SUCCEEDED");
      return answer;
    }, WAIT_MS);

    const { history } = await shJson(`curl -s "${trackingUrl}"`);
    assert.deepEqual(JSON.parse(String(ended.output)), Array.isArray(history) ? history.at(-1) : undefined);
  });
});
