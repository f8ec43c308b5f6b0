import assert from "node:assert/strict";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { keysFor } from "../../domain/sealing.ts";
import { sign } from "../../domain/tokens.ts";
import { executionArn } from "../../workflows/starter.ts";
import { ADMIN, type Answered, APP_SECRET, login, startApi, type TestApi } from "./support/api.ts";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";
import { newOrdersGround, type OrdersGround, readBack } from "./support/orders.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

type Fields = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

const BASE = "https://milepost.example/base";
const LAPTOP = { name: "Laptop", price: 999.99, quantity: 1 };
const MOUSE = { name: "Mouse", price: 29.99, quantity: 2 };
const DAY_MS = 86_400_000;

describe("The API's orders", function () {
  this.timeout(40_000);
  let ground: OrdersGround;
  let api: TestApi;
  let ann: Headers;
  let bob: Headers;
  let worker: RunningWorker | undefined;

  before(async () => {
    ground = await newOrdersGround();
    api = await startApi(ground, { APP_PUBLIC_BASE_URL: `${BASE}/`, ORDERS_PER_MINUTE: "1000" });
    [ann, bob] = [await login(api, "ann", { email: "ann@example.org" }), await login(api, "bob")];
  });
  afterEach(async () => {
    await worker?.end();
    worker = undefined;
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const place = async (headers: Headers, body: object = { amount: 999 }): Promise<{ id: string; poll: string }> => {
    const answer = await api.call("POST", "/orders", { headers, body });
    assert.equal(answer.status, 202, answer.text);
    return { id: String(answer.body.order_id), poll: String(answer.body.poll_url).slice(BASE.length) };
  };
  const get = (address: string, headers: Headers = {}): Promise<Answered> => api.call("GET", address, { headers });
  const becomes = (address: string, status: string): Promise<Fields> =>
    eventually(async () => {
      const { body } = await get(address);
      assert.equal(body.status, status);
      return body;
    }, 20_000);
  const stepsOf = ({ steps }: Fields): Fields[] => (Array.isArray(steps) ? steps : assert.fail("There are no steps."));
  const listed = async (address: string, headers: Headers): Promise<{ ids: unknown[]; token: unknown }> => {
    const { body, text } = await get(address, headers);
    assert.ok(Array.isArray(body.orders), text);
    return { ids: body.orders.map(({ order_id }: Fields) => order_id), token: body.next_page_token };
  };

  describe("are placed", () => {
    it("by a user, who is told at once that it is taken, and where to follow it", async () => {
      // Act
      api.sent.length = 0;
      const { status, body, headers } = await api.call("POST", "/orders", {
        headers: ann,
        body: { items: [LAPTOP, MOUSE], promo_code: "SAVE10" },
      });

      // Assess
      const { order_id: id, poll_url: poll, ...rest } = body;
      assert.deepEqual([status, rest], [202, { status: "PENDING" }]);
      assert.equal(headers.get("location"), `${BASE}/orders/${id}`);
      assert.match(String(poll), new RegExp(`^${BASE}/orders/${id}\\?sig=[0-9a-z]+\\.\\.[A-Za-z0-9_-]{43}$`));
      assert.deepEqual(api.sent, ["UpdateItem", "PutItem", "StartExecution"]);
      const arn = executionArn(ground.stateMachineArn, `${id}-1`);
      assert.equal((await aws().sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).status, "RUNNING");
      assert.equal((await readBack(ground.ledger, String(id))).order.email, "ann@example.org");
    });

    it("with what was ordered, as it was ordered, and what it comes to, to the cent", async () => {
      // Act
      const { id } = await place(ann, { items: [LAPTOP, { ...MOUSE, product_id: "mouse-1" }], promo_code: "SAVE10" });
      const { status, body, headers } = await get(`/orders/${id}`, ann);

      // Assess
      const { created_at: createdAt, updated_at: updatedAt, history, ...rest } = body;
      assert.equal(status, 200);
      assert.deepEqual(rest, {
        order_id: id,
        user_id: "ann",
        status: "PENDING",
        version: 1,
        items: [LAPTOP, { ...MOUSE, product_id: "mouse-1" }],
        promo_code: "SAVE10",
        subtotal: 1_059.97,
        discount: 106,
        total: 953.97,
        steps: [],
      });
      assert.deepEqual([headers.get("etag"), updatedAt, history], ['"1"', createdAt, []]);
      assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
    });

    it("as an amount and nothing more, with the user that the token names or none", async () => {
      for (const more of [{}, { user_id: "ann" }]) {
        const { id } = await place(ann, { amount: 999, ...more });
        const { body } = await get(`/orders/${id}`, ann);
        assert.deepEqual([body.user_id, body.amount, body.total, body.discount, "items" in body], ["ann", 999, 999, 0, false]);
      }
    });

    it("by the administrator for a user, whose they are", async () => {
      const { id } = await place(ADMIN, { user_id: "bob", amount: 1 });

      assert.equal((await get(`/orders/${id}`, bob)).status, 200);
      assert.equal((await get(`/orders/${id}`, ann)).status, 404);
    });

    it("by nobody who has not logged in", async () => {
      for (const [headers, wrong] of [
        [{}, ""],
        [{ authorization: "Bearer forged" }, ', error="invalid_token"'],
      ] as const) {
        const answer = await api.call("POST", "/orders", { headers, body: { amount: 1 } });
        assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, `Bearer realm="milepost"${wrong}`]);
      }
    });

    it("once under a user's Idempotency-Key, which is not another user's", async () => {
      // Act
      const key = { "idempotency-key": "order-once" };
      const ask = (headers: Headers, amount: number) => api.call("POST", "/orders", { headers: { ...headers, ...key }, body: { amount } });
      const [first, again] = [await ask(ann, 10), await ask(ann, 10)];
      const [others, other] = [await ask(bob, 10), await ask(ann, 11)];

      // Assess
      assert.deepEqual([first.status, again.status, others.status, other.status], [202, 202, 202, 422]);
      assert.deepEqual([again.text, again.headers.get("idempotent-replayed")], [first.text, "true"]);
      assert.notEqual(others.body.order_id, first.body.order_id);
    });
  });

  describe("are followed", () => {
    it("by their poll address, to the end: each step with its outcome, its time and its attempt", async () => {
      // Prepare
      const { id, poll } = await place(ann, { items: [LAPTOP, MOUSE] });
      const before = await get(`/orders/${id}/invoice`, ann);
      worker = startWorker(ground);

      // Act
      const done = await becomes(poll, "COMPLETED");

      // Assess
      assert.deepEqual([before.status, before.body.detail], [404, "There is no such invoice yet."]);
      assert.deepEqual(
        stepsOf(done).map(({ step, outcome, attempt, run }) => [step, outcome, attempt, run]),
        [
          ["inventory", "reserved", 1, `${id}-1`],
          ["fraud", "passed", 1, `${id}-1`],
          ["payment", "charged", 1, `${id}-1`],
          ["invoice", "stored", 1, `${id}-1`],
          ["notification", "sent", 1, `${id}-1`],
        ],
      );
      for (const { at } of stepsOf(done)) assert.ok(String(at) >= String(done.created_at) && String(at) <= new Date().toISOString());
      assert.ok(Array.isArray(done.history));
      assert.deepEqual(
        done.history.map(({ type }: Fields) => type),
        ["order.placed", "order.paid", "order.completed"],
      );
    });

    it("to an end that says why, where something was declined", async () => {
      // Prepare
      const { poll } = await place(ann, { amount: 10.13 });
      worker = startWorker(ground);

      // Act
      const done = await becomes(poll, "REJECTED");

      // Assess
      assert.equal(done.reason, "The card was declined.");
      assert.deepEqual(stepsOf(done).find(({ step }) => step === "payment")?.reason, "The card was declined.");
    });

    it("in pages of their history, by token and by poll address alike", async () => {
      // Prepare
      const { id, poll } = await place(ann);
      worker = startWorker(ground);
      await becomes(poll, "COMPLETED");

      // Act
      const sig = poll.split("?")[1] ?? "";
      const first = await get(`/orders/${id}/history?limit=2&${sig}`);
      const next = await get(`/orders/${id}/history?limit=2&token=${first.body.next_page_token}`, ann);

      // Assess
      assert.ok(Array.isArray(first.body.history) && Array.isArray(next.body.history));
      assert.deepEqual(
        [...first.body.history, ...next.body.history].map(({ version }: Fields) => version),
        [1, 2, 3],
      );
      assert.equal(next.body.next_page_token, undefined);
    });

    it("with their invoice, as data and as a page, by token and by poll address alike", async () => {
      // Prepare
      const { id, poll } = await place(ann, { items: [LAPTOP, MOUSE], promo_code: "SAVE20" });
      worker = startWorker(ground);
      await becomes(poll, "COMPLETED");

      // Act
      const json = await get(`/orders/${id}/invoice`, ann);
      const page = await get(`/orders/${id}/invoice?format=html&${poll.split("?")[1]}`);

      // Assess
      const { lines, ...rest } = json.body;
      assert.ok(Array.isArray(lines));
      const sum = lines.reduce((cents: number, { total }: Fields) => cents + Math.round(Number(total) * 100), 0);
      assert.deepEqual([rest.subtotal, rest.discount, rest.total, sum], [1_059.97, 211.99, 847.98, 84_798]);
      assert.equal(rest.payment_reference, `sandbox-${id}-1`);
      assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
      assert.equal(page.headers.get("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
      assert.ok(page.text.includes(id) && page.text.includes("847.98"));
      for (const part of ["", "/history", "/invoice"]) assert.equal((await get(`/orders/${id}${part}`, bob)).status, 404);
    });

    it("by nobody else: another user, or whoever has no address, is told that there is no such order", async () => {
      const { id } = await place(ann);
      const none = await get(`/orders/${uniqueName("none")}`, ann);
      for (const part of ["", "/history", "/invoice"])
        for (const headers of [bob, {}]) {
          const answer = await get(`/orders/${id}${part}`, headers);
          assert.deepEqual([answer.status, answer.body.detail], [404, none.body.detail]);
        }
      assert.equal((await get(`/orders/${id}`, ADMIN)).status, 200);
      assert.equal((await get(`/orders/${id}`, { authorization: "Bearer forged" })).status, 401);
    });

    it("by an address that is good for a day and for its order alone, and that nobody can make", async () => {
      // Prepare
      const [one, other] = [await place(ann), await place(ann)];
      const sig = new URL(`${BASE}${one.poll}`).searchParams.get("sig") ?? "";
      const [expires = "", ...parts] = sig.split(".");
      const key = keysFor([APP_SECRET], "poll addresses");
      const signed = (id: string, at: number, with_ = key) => sign(with_, `order ${id}`, "", at);
      const later = (Number.parseInt(expires, 36) + 1).toString(36);

      // Act
      const statusOf = async (id: string, signature: string) => (await get(`/orders/${id}?sig=${signature}`)).status;
      const refused = [
        await statusOf(other.id, sig),
        await statusOf(one.id, `${sig.slice(0, -1)}${sig.endsWith("A") ? "Q" : "A"}`),
        await statusOf(one.id, [later, ...parts].join(".")),
        await statusOf(one.id, signed(one.id, Date.now() - 1)),
        await statusOf(one.id, signed(one.id, Date.now() + DAY_MS, keysFor([APP_SECRET], "signing"))),
        await statusOf(one.id, ""),
      ];

      // Assess
      assert.deepEqual(refused, [404, 404, 404, 404, 404, 404]);
      assert.equal(await statusOf(one.id, signed(one.id, Date.now() + 60_000)), 200);
      assert.ok(Math.abs(Number.parseInt(expires, 36) - Date.now() - DAY_MS) < 60_000);
    });
  });

  describe("are listed", () => {
    it("to a user theirs alone, newest first, those of one status or all, in pages", async () => {
      // Prepare
      const [carl, dora] = [await login(api, uniqueName("carl")), await login(api, uniqueName("dora"))];
      const ids: string[] = [];
      for (let order = 0; order < 3; order++) ids.unshift((await place(carl)).id);
      const others = await place(dora);
      await eventually(async () => assert.deepEqual((await listed("/orders", carl)).ids, ids));

      // Act
      const first = await listed("/orders?status=PENDING&limit=2", carl);
      const next = await listed(`/orders?status=PENDING&limit=2&token=${first.token}`, carl);

      // Assess
      assert.deepEqual([...first.ids, ...next.ids], ids);
      assert.deepEqual([(await listed("/orders?status=COMPLETED", carl)).ids, (await listed("/orders", dora)).ids], [[], [others.id]]);
      const foreign = await get(`/orders?status=PENDING&limit=2&token=${first.token}`, dora);
      assert.deepEqual([foreign.status, JSON.stringify(foreign.body.errors).includes('"field":"token"')], [400, true]);
    });

    it("to the administrator all of them, and to nobody who has not logged in", async () => {
      const [anns, bobs] = [await place(ann), await place(bob)];

      await eventually(async () => assert.deepEqual((await listed("/orders?limit=2", ADMIN)).ids, [bobs.id, anns.id]));
      assert.equal((await get("/orders")).status, 401);
    });
  });
});
