import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { eventFailureId, keepDeadLetter, keepGivenUp, messageFailureId } from "../../domain/failures.ts";
import { giveUp } from "../../domain/history.ts";
import { FAILURE_BODY_BYTES_MAX } from "../../domain/limits.ts";
import { ADMIN, complaints, newRequest, startApi, type TestApi } from "./support/api.ts";
import { aws, eventually } from "./support/endpoint.ts";
import { stored } from "./support/ledger.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The API's failures", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;
  let queue: string;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
    queue = nameOf(ground.outputs.requests_queue_url);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const redrive = (id: unknown, headers = {}) => api.call("POST", "/dlq/redrive", { body: { id }, headers: { ...ADMIN, ...headers } });
  const open = async () => {
    const { body, text } = await api.call("GET", "/dlq/failures?limit=100", { headers: ADMIN });
    assert.ok(Array.isArray(body.failures), text);
    return body.failures.map(({ id }: Record<string, unknown>) => String(id));
  };
  /** The event of a request's creation, given up and kept. */
  const newGivenUp = async (): Promise<{ id: string; failure: string }> => {
    const { id } = await newRequest(api);
    const record = await stored(ground.ledger, id);
    const pending = record.pending.get(1) ?? assert.fail();
    const reason = "nobody answered";
    await keepGivenUp(ground.failures, { kind: "requests", eventId: `${id}-1`, recordId: id, version: 1, attempt: 1, reason });
    assert.ok(await giveUp(ground.ledger, { id, version: 1, changeId: pending.changeId }, record, { pending, reason }));
    return { id, failure: eventFailureId("requests", `${id}-1`) };
  };
  const newLetter = async (body: string): Promise<string> => {
    const letter = { queue, messageId: randomUUID(), kind: "requests", body, reason: "no task", state: "open" as const };
    await keepDeadLetter(ground.failures, letter);
    return messageFailureId(letter);
  };

  it("are the administrator's", async () => {
    for (const [method, address] of [
      ["GET", "/dlq/stats"],
      ["GET", "/dlq/failures"],
      ["POST", "/dlq/redrive"],
    ] as const)
      assert.equal((await api.call(method, address, method === "POST" ? { body: { id: "x" } } : {})).status, 401, address);
  });

  it("count what lies in the dead-letter queues", async () => {
    // Prepare
    const dlq = nameOf(ground.outputs.requests_dlq_url);
    await aws().sqs.send(new SendMessageCommand({ QueueUrl: ground.outputs.requests_dlq_url, MessageBody: "{}" }));

    // Act and assess
    await eventually(async () => {
      const { status, body } = await api.call("GET", "/dlq/stats", { headers: ADMIN });
      assert.deepEqual([status, body], [200, { queues: [{ queue: dlq, messages: 1, inFlight: 0, sources: [queue] }] }]);
    });
  });

  it("are listed newest first, page by page, without the message's body", async () => {
    // Prepare
    const made: string[] = [];
    for (let number = 0; number < 3; number++) made.unshift(await newLetter(`a secret body ${number}`));
    await eventually(async () => assert.deepEqual((await open()).slice(0, 3), made));

    // Act
    const first = await api.call("GET", "/dlq/failures?kind=requests&limit=2", { headers: ADMIN });
    const second = await api.call("GET", `/dlq/failures?kind=requests&limit=2&token=${String(first.body.next_page_token)}`, {
      headers: ADMIN,
    });

    // Assess
    const found = [first, second].flatMap(({ body }) => (Array.isArray(body.failures) ? body.failures : []));
    assert.deepEqual(
      found.slice(0, 3).map(({ id, reason, queue: name }) => [id, reason, name]),
      made.map((id) => [id, "no task", queue]),
    );
    assert.ok(!first.text.includes("a secret body"));
  });

  it("refuse what they do not know", async () => {
    const list = (query: string) => api.call("GET", `/dlq/failures?${query}`, { headers: ADMIN });
    assert.deepEqual(complaints(await list("kind=products-of-another")), ["kind choice"]);
    assert.deepEqual(complaints(await list("token=x&limit=7")), ["token cursor"]);
    assert.deepEqual(complaints(await redrive(7)), ["/id type"]);
    assert.equal((await redrive("EVENT#requests#none-1")).status, 404);
  });

  it("put an event on its way again, once", async () => {
    // Prepare
    const { id, failure } = await newGivenUp();
    await eventually(async () => assert.ok((await open()).includes(failure)));

    // Act
    const [first, second] = [await redrive(failure), await redrive(failure)];

    // Assess
    assert.deepEqual([first.status, first.body], [200, { id: failure, outcome: "redriven" }]);
    assert.deepEqual([second.status, second.body.detail], [409, "The failure is redriven: there is nothing to redrive."]);
    assert.equal((await stored(ground.ledger, id)).pending.get(1)?.attempt, 2);
    await eventually(async () => assert.ok(!(await open()).includes(failure)));
  });

  it("give the first answer again to whoever repeats a redrive under its key", async () => {
    const { failure } = await newGivenUp();
    const key = { "idempotency-key": randomUUID() };

    const [first, second] = [await redrive(failure, key), await redrive(failure, key)];

    assert.deepEqual([second.status, second.text, second.headers.get("idempotent-replayed")], [200, first.text, "true"]);
  });

  it("send a dead letter to its queue again", async () => {
    // Prepare
    const failure = await newLetter(`{"marked":"${randomUUID()}"}`);

    // Act
    const { status, body } = await redrive(failure);

    // Assess
    assert.deepEqual([status, body.outcome], [200, "redriven"]);
    await eventually(async () => {
      const receive = new ReceiveMessageCommand({
        QueueUrl: ground.outputs.requests_queue_url,
        WaitTimeSeconds: 1,
        MaxNumberOfMessages: 10,
      });
      const { Messages: messages = [] } = await aws().sqs.send(receive);
      assert.ok(messages.some((message) => message.Body?.includes('{"marked":')));
    });
  });

  it("do not send what was kept in part, nor to a queue that nobody serves", async () => {
    const long = await newLetter("x".repeat(FAILURE_BODY_BYTES_MAX + 1));
    const foreign = {
      queue: "of-others",
      messageId: randomUUID(),
      kind: "requests",
      body: "{}",
      reason: "no task",
      state: "open" as const,
    };
    await keepDeadLetter(ground.failures, foreign);

    assert.equal((await redrive(long)).status, 409);
    assert.match(String((await redrive(messageFailureId(foreign))).body.detail), /Nobody here serves the queue of-others/);
  });
});

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
}
