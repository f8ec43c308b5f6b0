import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { changeStatus } from "../../domain/changes.ts";
import type { PaymentProvider } from "../../domain/payments.ts";
import { httpProvider } from "../../worker/orders/http-payments.ts";
import { uniqueName } from "./support/endpoint.ts";
import { hasStatus, newOrder, newOrdersGround, paymentsOf } from "./support/orders.ts";
import { startExecution, startWorker } from "./support/worker.ts";

interface Received {
  readonly request: IncomingMessage;
  readonly body: unknown;
}

const NEVER = new AbortController().signal;
const CHARGE = { key: "o1-1", orderId: "o1", userId: "ann", amountCents: 99_905 };

/** A payment provider on this machine, that answers as a test has it. */
class Provider {
  readonly received: Received[] = [];
  answer: (response: ServerResponse, path: string) => void = (response) => void response.writeHead(500).end();
  readonly #server: Server = createServer(async (request, response) => {
    this.received.push({ request, body: JSON.parse(await text(request)) });
    this.answer(response, request.url ?? "");
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    assert.ok(typeof address === "object" && address !== null);
    return `http://127.0.0.1:${address.port}/v1`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

describe("A payment provider over HTTP", function () {
  this.timeout(30_000);
  let provider: Provider;
  let url: string;
  let payments: PaymentProvider;

  beforeEach(async () => {
    provider = new Provider();
    url = await provider.listen();
    payments = httpProvider({ url, token: "the-providers-token" });
  });
  afterEach(() => provider.close());

  it("is asked to charge under the run's key, in currency units, with its token", async () => {
    // Prepare
    provider.answer = json(201, { reference: "ch_1", more: true });

    // Act
    const charged = await payments.charge(CHARGE, NEVER);
    await httpProvider({ url, token: undefined }).charge({ ...CHARGE, userId: undefined }, NEVER);

    // Assess
    const [first, second] = provider.received;
    assert.deepEqual(charged, { outcome: "charged", reference: "ch_1" });
    assert.deepEqual([first?.request.method, first?.request.url], ["POST", "/v1/charges"]);
    assert.deepEqual(first?.body, { order_id: "o1", user_id: "ann", amount: 999.05 });
    const { authorization, ...headers } = first?.request.headers ?? {};
    assert.deepEqual([headers["idempotency-key"], headers["content-type"]], ["o1-1", "application/json"]);
    assert.equal(authorization, "Bearer the-providers-token");
    assert.deepEqual([second?.request.headers.authorization, second?.body], [undefined, { order_id: "o1", amount: 999.05 }]);
  });

  it("declines with a reason or without, and says that a key is closed", async () => {
    const outcomeOf = async (status: number, body: unknown) => {
      provider.answer = json(status, body);
      return payments.charge(CHARGE, NEVER);
    };

    assert.deepEqual(await outcomeOf(402, { reason: "Over the limit." }), { outcome: "declined", reason: "Over the limit." });
    for (const body of [{}, { reason: 7 }, { reason: "x".repeat(301) }, "declined"])
      assert.deepEqual(await outcomeOf(402, body), { outcome: "declined", reason: "The card was declined." });
    assert.deepEqual(await outcomeOf(409, {}), { outcome: "closed" });
  });

  it("is asked to refund under the same key, and tells whether there was anything", async () => {
    // Act
    provider.answer = json(200, { outcome: "refunded" });
    const refunded = await payments.refund("o1-1", "o1", NEVER);
    provider.answer = json(200, { outcome: "nothing" });
    const nothing = await payments.refund("o1-1", "o1", NEVER);

    // Assess
    const [first] = provider.received;
    assert.deepEqual([refunded, nothing], ["refunded", "nothing"]);
    assert.deepEqual(
      [first?.request.url, first?.request.headers["idempotency-key"], first?.body],
      ["/v1/refunds", "o1-1", { order_id: "o1" }],
    );
  });

  it("is taken at no other word: what is not as agreed is an attempt that failed", async () => {
    const wrong: Provider["answer"][] = [
      json(500, { reference: "ch_1" }),
      json(404, {}),
      json(200, {}),
      json(200, { reference: "" }),
      json(200, { reference: 7, outcome: "some" }),
      json(204, undefined),
      (response) => void response.end("<html>"),
      (response) => void response.writeHead(307, { location: "/v1/elsewhere" }).end(),
      (response) => void response.end(`{"reference":"${"x".repeat(70_000)}"}`),
      (response) => void response.destroy(),
    ];
    for (const answer of wrong) {
      provider.answer = answer;
      await assert.rejects(payments.charge(CHARGE, NEVER));
      await assert.rejects(payments.refund("o1-1", "o1", NEVER));
    }
    assert.equal(provider.received.length, 2 * wrong.length);
  });

  it("is waited for no longer than the step is", async () => {
    // Prepare
    provider.answer = () => {};
    const controller = new AbortController();

    // Act
    const charged = payments.charge(CHARGE, controller.signal);
    controller.abort(new Error("the worker ends"));

    // Assess
    await assert.rejects(charged, /the worker ends/);
  });

  it("takes the place of the sandbox: asked again under the same key after it failed, and once to refund", async () => {
    // Prepare
    const ground = await newOrdersGround({ VISIBILITY_SECONDS: "2", EXTEND_SECONDS: "1" });
    const reference = uniqueName("ch");
    provider.answer = (response, path) => {
      const isFirst = provider.received.length === 1;
      if (isFirst) json(503, {})(response);
      else json(200, path.endsWith("/charges") ? { reference } : { outcome: "refunded" })(response);
    };
    const worker = startWorker({ ...ground, environment: { ...ground.environment, PAYMENT_URL: url } }, {}, () => 0);

    // Act
    const event = await newOrder(ground.ledger, { amountCents: 99_905 });
    await startExecution(ground, event);
    const paid = await hasStatus(ground.ledger, event.id, "COMPLETED", 15_000);
    const cancelled = await changeStatus(ground.ledger, { id: event.id, to: "CANCELLING", changeId: "cancel" });
    assert.ok(cancelled.outcome === "changed");
    await startExecution(ground, cancelled.event);
    await hasStatus(ground.ledger, event.id, "CANCELLED", 15_000);
    await worker.end();

    // Assess
    const calls = provider.received.map(({ request }) => [request.url, request.headers["idempotency-key"]]);
    const key = `${event.id}-1`;
    assert.deepEqual(calls, [
      ["/v1/charges", key],
      ["/v1/charges", key],
      ["/v1/refunds", key],
    ]);
    const payment = paid.order.marks.get("payment");
    assert.deepEqual([payment?.reference, payment?.attempt], [reference, 2]);
    assert.deepEqual(await paymentsOf(ground.stock, event.id), {});
    await ground.drop();
  });
});
