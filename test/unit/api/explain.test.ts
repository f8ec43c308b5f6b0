import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import Koa from "koa";
import { explain } from "../../../api/middleware/explain.ts";
import type { Context, State } from "../../../api/middleware/observe.ts";
import { Problem, unavailable } from "../../../api/problem.ts";
import { captureLog } from "../../support/log.ts";

const URL = "/requests/an-id?t=a-tracking-token";

/** What becomes of an error, and what the log says of it. */
async function explained(error: unknown, headers: Record<string, string> = {}) {
  const log = captureLog();
  const context = contextWith(headers);
  await explain(log.logger)(context, async () => {
    throw error;
  });
  const body: Record<string, unknown> = JSON.parse(String(context.body));
  return { status: context.status, headers: context.response.headers, body, log };
}

function contextWith(headers: Record<string, string>): Context {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { url: URL, method: "GET", headers });
  const context = new Koa<State>().createContext(request, new ServerResponse(request));
  context.state.requestId = "the-call";
  context.set("x-request-id", "the-call");
  return context;
}

describe("An error of a call", () => {
  it("that is a problem is told in its own words, and is not logged as a failure", async () => {
    const { status, headers, body, log } = await explained(new Problem(412, "Too late.", { headers: { etag: '"7"' }, extra: { more: 1 } }));

    assert.deepEqual([status, headers.etag, body.detail, body.more], [412, '"7"', "Too late.", 1]);
    assert.deepEqual(log.lines, []);
  });

  it("is problem+json, names the call, and leaves the headers of all answers where they are", async () => {
    const { headers, body } = await explained(unavailable("Later."));

    assert.equal(headers["content-type"], "application/problem+json; charset=utf-8");
    assert.deepEqual([headers["x-request-id"], headers["retry-after"]], ["the-call", "1"]);
    assert.deepEqual([body.requestId, body.instance], ["the-call", "/requests/an-id"]);
  });

  it("that is an outage is 503 with Retry-After, and in the log by its name", async () => {
    const outage = Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:8000"), { code: "ECONNREFUSED" });

    const { status, headers, body, log } = await explained(outage);

    assert.deepEqual([status, headers["retry-after"]], [503, "1"]);
    assert.ok(!JSON.stringify(body).includes("10.0.0.7"));
    assert.deepEqual([log.lines[0]?.http, log.lines[0]?.reason], ["the-call", "Error: connect ECONNREFUSED 10.0.0.7:8000"]);
  });

  it("that is our mistake is 500 without any of its words, which are in the log with their place", async () => {
    for (const mistake of [
      new TypeError("the words inside"),
      Object.assign(new Error("the words inside"), { status: 418, expose: true }),
    ]) {
      const { status, body, log } = await explained(mistake);

      assert.deepEqual([status, body.title], [500, "Internal Server Error"]);
      assert.ok(!JSON.stringify(body).includes("words inside"));
      assert.match(String(log.lines[0]?.reason), /the words inside\n\s+at .*explain\.test\.ts/);
    }
  });

  it("is explained though it is no error at all", async () => {
    for (const thrown of [undefined, null, "a text", 7]) assert.equal((await explained(thrown)).status, 500);
  });

  it("shows nothing of the address's token, neither in the answer nor in the log", async () => {
    for (const error of [new Problem(404, "None."), new Error("Ours."), unavailable("Later.")]) {
      const { body, log } = await explained(error);
      assert.ok(!JSON.stringify([body, log.lines]).includes("a-tracking-token"));
    }
  });
});
