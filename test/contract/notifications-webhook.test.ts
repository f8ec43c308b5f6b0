import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type WebhookTimings, webhookSink } from "../../worker/notifications/webhook.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { notification } from "../unit/worker/notifications/support/notification.ts";

const SECRET = "sixteen-characters-at-least";
const NEVER = new AbortController().signal;
const QUICK: WebhookTimings = { tryMsMax: 2_000, backoff: { firstMs: 10, mostMs: 20 } };

describe("Notifications by webhook", () => {
  let receiver: WebhookReceiver;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(() => receiver.stop());

  const send = (timings = QUICK, signal = NEVER) =>
    webhookSink({ url: `${receiver.url}/secret-path`, secret: SECRET }, timings).send(notification(), signal);
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(code, headers).end();

  it("are JSON, with their id, and signed so that the receiver can tell who sent them and when", async () => {
    // Act
    await send();

    // Assess
    const [call] = receiver.received;
    assert.ok(call);
    const timestamp = String(call.headers["milepost-timestamp"]);
    const expected = createHmac("sha256", SECRET).update(`${timestamp}.${call.body}`).digest("hex");
    assert.deepEqual([call.method, call.path, call.headers["content-type"]], ["POST", "/secret-path", "application/json"]);
    assert.equal(call.headers["milepost-id"], "p1-1");
    assert.equal(call.headers["milepost-signature"], `v1=${expected}`);
    assert.ok(Math.abs(Number(timestamp) - Date.now() / 1_000) < 60);
    assert.deepEqual(JSON.parse(call.body), notification());
  });

  it("are tried again where the receiver has trouble, under the same id", async () => {
    for (const trouble of [429, 500, 503]) {
      receiver.received.length = 0;
      receiver.answer = (response) => status(receiver.received.length < 3 ? trouble : 204)(response);

      await send();

      assert.deepEqual(
        receiver.received.map(({ headers }) => headers["milepost-id"]),
        ["p1-1", "p1-1", "p1-1"],
      );
    }
  });

  it("are tried again where a connection breaks", async () => {
    receiver.answer = (response) => void (receiver.received.length === 1 ? response.destroy() : response.end());

    await send();

    assert.equal(receiver.received.length, 2);
  });

  it("fail after three tries, naming the status", async () => {
    receiver.answer = status(502);

    await assert.rejects(send(), { message: "the answer was 502" });
    assert.equal(receiver.received.length, 3);
  });

  it("fail at once where the receiver says they are wrong", async () => {
    for (const code of [400, 401, 404, 410]) {
      receiver.received.length = 0;
      receiver.answer = status(code);

      await assert.rejects(send(), { message: `the answer was ${code}` });
      assert.equal(receiver.received.length, 1);
    }
  });

  it("give up a receiver that does not answer, without naming its address", async () => {
    receiver.answer = () => {};

    await assert.rejects(
      send({ tryMsMax: 50, backoff: QUICK.backoff }),
      (error) => error instanceof Error && error.message === "no answer (TimeoutError)" && !String(error.stack).includes("secret-path"),
    );
    assert.equal(receiver.received.length, 3);
  });

  it("end when nobody waits for them any more", async () => {
    receiver.answer = status(503);

    await assert.rejects(send(QUICK, AbortSignal.abort(new Error("enough"))), /enough/);
    assert.ok(receiver.received.length <= 1);
  });

  it("follow a redirect within the host that keeps the call what it is", async () => {
    receiver.answer = (response, path) => (path === "/secret-path" ? status(308, { location: "/moved" })(response) : void response.end());

    await send();

    assert.deepEqual(
      receiver.received.map(({ method, path, body }) => [method, path, body.length > 0]),
      [
        ["POST", "/secret-path", true],
        ["POST", "/moved", true],
      ],
    );
  });

  it("go to no other host, and follow no redirect that would lose the body, nor one after the other", async () => {
    const other = await WebhookReceiver.start();
    const cases: [number, string, RegExp, number][] = [
      [307, `${other.url}/`, /to another host or nowhere/, 1],
      [308, "file:///etc/passwd", /to another host or nowhere/, 1],
      [301, "/moved", /the answer was 301, and only 307 and 308/, 1],
      [303, "/moved", /the answer was 303/, 1],
      [307, "/secret-path", /more than 2 redirects/, 3],
    ];
    for (const [code, location, message, calls] of cases) {
      receiver.received.length = 0;
      receiver.answer = status(code, { location });

      await assert.rejects(send(), message);
      assert.equal(receiver.received.length, calls, location);
    }
    other.stop();
  });

  it("read no more than the beginning of an endless answer", async () => {
    let sent = 0;
    receiver.answer = (response) => {
      const more = () => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
        }
      };
      more();
    };

    await send();

    assert.ok(sent < 20_000_000, `${sent} bytes`);
  });
});
