import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { readRecord } from "../../domain/ledger.ts";
import { freePort } from "../support/managed-process.ts";
import { ADMIN, type Answered, change, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

/** What a caller waits for at most, with room for a slow machine. */
const ANSWER_MS_MAX = 4_500;
/** A start is waited for less long than the client would try: its event is kept anyway. */
const START_MS_MAX = 2_500;

describe("The API without what it depends on", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let whole: TestApi;

  before(async () => {
    ground = await newGround();
    whole = await startApi(ground);
  });
  after(async () => {
    await whole?.stop();
    await ground?.drop();
  });

  /** Ways in which a service can be gone. */
  const faults: Readonly<Record<string, RequestListener | undefined>> = {
    "refuses connections": undefined,
    "takes calls and never answers": () => {},
    "closes connections": (request) => request.socket.destroy(),
    "answers with a balancer's page": (_, response) =>
      response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad Gateway</html>"),
    throttles: (_, response) =>
      response
        .writeHead(400, { "content-type": "application/x-amz-json-1.0" })
        .end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}'),
  };

  /** Runs an API whose service of that endpoint is at fault. */
  const withFault = async (variable: string, fault: RequestListener | undefined, act: (api: TestApi) => Promise<void>) => {
    const server = fault && createServer(fault);
    if (server !== undefined) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = server === undefined ? await freePort() : (server.address() as AddressInfo).port;
    const api = await startApi(ground, { [variable]: `http://127.0.0.1:${port}` });
    try {
      await act(api);
    } finally {
      await api.stop();
      server?.closeAllConnections();
      server?.close();
    }
  };

  for (const [name, fault] of Object.entries(faults)) {
    describe(`where DynamoDB ${name}`, () => {
      it("answers 503 before its callers give up, whatever they call", async () => {
        await withFault("DYNAMODB_ENDPOINT", fault, async (api) => {
          // Prepare
          const calls: readonly (() => Promise<Answered>)[] = [
            () => api.call("POST", "/requests", { body: { title: "x" } }),
            () => api.call("POST", "/requests", { body: { title: "x" }, headers: { "idempotency-key": "key" } }),
            () => change(api, "some-id", "IN_PROGRESS"),
            () => api.call("GET", "/requests/some-id?t=x"),
            () => api.call("GET", "/requests/some-id/history?t=x"),
            () => api.call("GET", "/requests", { headers: ADMIN }),
            () => api.call("GET", "/dlq/failures", { headers: ADMIN }),
          ];

          // Act
          const answers = await Promise.all(calls.map((call) => timed(call)));

          // Assess
          for (const { answer, ms } of answers) {
            assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"], answer.text);
            assert.equal(answer.body.detail, "What this depends on does not answer just now: try again.");
            assert.ok(ms < ANSWER_MS_MAX, `${ms} ms`);
          }
        });
      });

      it("lives, and says that it is not ready", async () => {
        await withFault("DYNAMODB_ENDPOINT", fault, async (api) => {
          assert.equal((await api.call("GET", "/health")).text, "ok");
          const { answer, ms } = await timed(() => api.call("GET", "/ready"));
          assert.deepEqual([answer.status, answer.body], [503, { status: "not ready", dynamodb: "down", stepFunctions: "up" }]);
          assert.ok(ms < ANSWER_MS_MAX, `${ms} ms`);
        });
      });
    });

    describe(`where SQS ${name}`, () => {
      it("counts no messages, and says so as quickly as all else", async () => {
        await withFault("SQS_ENDPOINT", fault, async (api) => {
          const { answer, ms } = await timed(() => api.call("GET", "/dlq/stats", { headers: ADMIN }));

          assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"], answer.text);
          assert.ok(ms < ANSWER_MS_MAX, `${ms} ms`);
        });
      });
    });

    describe(`where Step Functions ${name}`, () => {
      it("makes requests and changes all the same, and leaves their events to the relay", async () => {
        await withFault("STEPFUNCTIONS_ENDPOINT", fault, async (api) => {
          // Act
          const made = await timed(() => api.call("POST", "/requests", { body: { title: "made without" } }));
          const id = String(made.answer.body.requestId);
          const changed = await timed(() => change(api, id, "IN_PROGRESS", { headers: { "x-request-id": "the-change" } }));

          // Assess
          assert.deepEqual([made.answer.status, changed.answer.status], [201, 200]);
          assert.ok(Math.max(made.ms, changed.ms) < START_MS_MAX, `${made.ms} ms, ${changed.ms} ms`);
          assert.match(String(changed.answer.body.executionArn), new RegExp(`:execution:.*:${id}-2$`));
          const { pending, pendingDue } = (await readRecord(ground.ledger, id)) ?? assert.fail();
          assert.deepEqual([...pending.keys()], [1, 2]);
          assert.ok(pendingDue !== undefined);
          const warned = api.log.lines.filter(({ eventId }) => eventId === `${id}-2`);
          assert.deepEqual(
            warned.map(({ level, http }) => [level, http]),
            [[40, "the-change"]],
          );
        });
      });

      it("is ready, and says that it is degraded", async () => {
        await withFault("STEPFUNCTIONS_ENDPOINT", fault, async (api) => {
          const { status, body } = await api.call("GET", "/ready");
          assert.deepEqual([status, body], [200, { status: "degraded", dynamodb: "up", stepFunctions: "down" }]);
        });
      });
    });
  }

  it("says that it is ready when nothing is wrong", async () => {
    const { status, body } = await whole.call("GET", "/ready");
    assert.deepEqual([status, body], [200, { status: "ready", dynamodb: "up", stepFunctions: "up" }]);
  });

  it("says nothing of what failed inside, and logs it under the request's id", async () => {
    // Prepare: a table that is not there is a mistake of ours, not an outage.
    const api = await startApi({ ...ground, outputs: { ...ground.outputs, requests_table: "no-such-table" } });

    // Act
    const { status, body, headers, text } = await api.call("POST", "/requests", {
      body: { title: "x" },
      headers: { "x-request-id": "look-me-up" },
    });
    await api.stop();

    // Assess
    assert.deepEqual([status, body.detail], [500, "Something failed here. The request id tells us what."]);
    assert.ok(!/no-such-table|Resource|Exception/.test(text), text);
    assert.equal(headers.get("x-request-id"), "look-me-up");
    const logged = api.log.lines.find(({ msg }) => msg === "a call failed");
    assert.equal(logged?.http, "look-me-up");
    assert.match(String(logged?.reason), /ResourceNotFoundException/);
  });
});

async function timed(call: () => Promise<Answered>): Promise<{ answer: Answered; ms: number }> {
  const began = performance.now();
  const answer = await call();
  return { answer, ms: performance.now() - began };
}
