import assert from "node:assert/strict";
import { ADMIN, type Answered, complaints, login, startApi, type TestApi } from "./support/api.ts";
import { uniqueName } from "./support/endpoint.ts";
import { newOrdersGround, type OrdersGround } from "./support/orders.ts";

const ITEM = { name: "Laptop", price: 999.99, quantity: 1 };
const LIMITS = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] as const;

describe("What the API takes for an order", function () {
  this.timeout(30_000);
  let ground: OrdersGround;
  let api: TestApi;
  let ann: { readonly authorization: string };

  before(async () => {
    ground = await newOrdersGround();
    api = await startApi(ground, { ORDERS_PER_MINUTE: "1000" });
    ann = await login(api, "ann");
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const place = (body: unknown, headers: Readonly<Record<string, string>> = ann): Promise<Answered> =>
    api.call("POST", "/orders", { headers, body });

  it("is one to ninety-nine items, perhaps with a promotion, or an amount; what is wrong is named", async () => {
    const many = (count: number, more: object = {}) => Array.from({ length: count }, () => ({ ...ITEM, price: 0.01, ...more }));
    const refused: readonly [unknown, string[]][] = [
      [{}, ["/items together"]],
      [[], ["/ type"]],
      [{ items: [] }, ["/items min"]],
      [{ items: many(100) }, ["/items max"]],
      [{ items: ITEM }, ["/items type"]],
      [{ items: [ITEM], amount: 1 }, ["/amount together"]],
      [{ items: [ITEM], promo_code: "SAVE99" }, ["/promo_code choice"]],
      [{ items: [ITEM], promo_code: "save10" }, ["/promo_code choice"]],
      [{ amount: 1, promo_code: "SAVE10" }, ["/promo_code together"]],
      [{ amount: 1, status: "PAID" }, ["/status unknown"]],
      [{ items: [{}] }, ["/items/0/name required", "/items/0/price required", "/items/0/quantity required"]],
      [{ items: [ITEM, { ...ITEM, name: " ", quantity: 0 }] }, ["/items/1/name min", "/items/1/quantity min"]],
      [{ items: [{ ...ITEM, name: "x".repeat(201), quantity: 10_001 }] }, ["/items/0/name max", "/items/0/quantity max"]],
      [{ items: [{ ...ITEM, name: "two\nlines", quantity: 1.5 }] }, ["/items/0/name characters", "/items/0/quantity type"]],
      [{ items: [{ ...ITEM, product_id: "no id" }] }, ["/items/0/product_id format"]],
      [{ items: [{ ...ITEM, discount: 999 }] }, ["/items/0/discount unknown"]],
      [{ items: [{ ...ITEM, price: 1_000_000_000, quantity: 2 }] }, ["/items together"]],
    ];
    for (const [body, expected] of refused) assert.deepEqual(complaints(await place(body)), expected, JSON.stringify(body));
    assert.equal((await place({ items: many(99, { name: "x".repeat(200), quantity: 10_000 }) })).status, 202);
  });

  it("has prices and amounts above nothing, with at most two decimals", async () => {
    const wrong: readonly [unknown, string][] = [
      [0, "money"],
      [-100, "money"],
      [0.001, "money"],
      [1.005, "money"],
      [1_000_000_000.01, "money"],
      ["1", "type"],
      [null, "type"],
      [[1], "type"],
    ];
    for (const [amount, rule] of wrong) {
      assert.deepEqual(complaints(await place({ amount })), [`/amount ${rule}`], String(amount));
      assert.deepEqual(complaints(await place({ items: [{ ...ITEM, price: amount }] })), [`/items/0/price ${rule}`], String(amount));
    }
    for (const amount of [0.01, 0.29, 4.35, 1_000_000_000]) {
      const { body } = await place({ amount });
      const order = await api.call("GET", `/orders/${body.order_id}`, { headers: ann });
      assert.deepEqual([order.body.amount, order.body.total], [amount, amount]);
    }
  });

  it("names no user but the token's, and where the administrator orders it names one", async () => {
    assert.deepEqual(complaints(await place({ amount: 1, user_id: "bob" })), ["/user_id user"]);
    assert.deepEqual(complaints(await place({ amount: 1, user_id: " " })), ["/user_id min"]);
    assert.deepEqual(complaints(await place({ amount: 1, user_id: "x".repeat(129) })), ["/user_id max"]);
    assert.deepEqual(complaints(await place({ amount: 1 }, ADMIN)), ["/user_id required"]);
  });

  it("is asked for, listed and cancelled in the same strict way", async () => {
    // Prepare
    const { body } = await place({ amount: 1 });
    const address = `/orders/${body.order_id}`;
    const get = async (path: string) => complaints(await api.call("GET", path, { headers: ann }));
    const cancel = async (note: unknown) => complaints(await api.call("POST", `${address}/cancel`, { headers: ann, body: { note } }));

    // Assess
    assert.deepEqual(await get(`/orders/${"x".repeat(49)}`), ["id format"]);
    assert.deepEqual(await get(`${address}?sig=${"x".repeat(257)}`), ["sig max"]);
    assert.deepEqual(await get(`${address}?sig=a&sig=b`), ["sig type"]);
    assert.deepEqual(await get(`${address}/invoice?format=pdf`), ["format choice"]);
    assert.deepEqual(await get(`${address}/history?limit=101&token=forged&more=1`), ["limit range", "more unknown"]);
    assert.deepEqual(await get(`${address}/history?token=forged`), ["token cursor"]);
    assert.deepEqual(await get("/orders?status=done&limit=0"), ["status choice", "limit range"]);
    assert.deepEqual(await cancel("x".repeat(501)), ["/note bytes"]);
    assert.deepEqual(await cancel("bell \u0007"), ["/note characters"]);
  });

  it("comes so often a minute from one user, tells what is left, and when to come again where nothing is", async () => {
    // Prepare
    const strict = await startApi(ground, { ORDERS_PER_MINUTE: "3" });
    const [eve, finn] = [await login(strict, uniqueName("eve")), await login(strict, uniqueName("finn"))];
    const placed = async (headers: Readonly<Record<string, string>>) => {
      const answer = await strict.call("POST", "/orders", { headers, body: { amount: 1 } });
      return { answer, limits: LIMITS.map((name) => Number(answer.headers.get(name))) };
    };

    // Act: a minute of the clock may end meanwhile, and then there are some more.
    const answers = [await placed(eve)];
    while (answers.at(-1)?.answer.status === 202 && answers.length < 8) answers.push(await placed(eve));
    const others = await placed(finn);
    const invalid = await strict.call("POST", "/orders", { headers: eve, body: { amount: 0 } });
    await strict.stop();

    // Assess
    const [refused, last, ...before] = answers.toReversed();
    assert.ok(refused !== undefined && last !== undefined && before.length >= 2);
    assert.deepEqual([refused.answer.status, refused.answer.body.title, last.limits.slice(0, 2)], [429, "Too Many Requests", [3, 0]]);
    const [limit, left, reset = 0] = refused.limits;
    assert.deepEqual([limit, left, Number(refused.answer.headers.get("retry-after"))], [3, 0, reset]);
    assert.ok(reset >= 1 && reset <= 60);
    assert.deepEqual([others.answer.status, others.limits.slice(0, 2), invalid.status], [202, [3, 2], 400]);
  });

  it("is nobody's whose tokens cannot be told just now, and no token is to be had here where others give them", async () => {
    // Prepare
    const elsewhere = await startApi(ground, { AUTH_JWKS_URL: "http://127.0.0.1:1/keys" });
    const es256 = Buffer.from('{"alg":"ES256","kid":"k"}').toString("base64url");

    // Act
    const claims = ann.authorization.split(".")[1];
    const headers = { authorization: `Bearer ${es256}.${claims}.${"A".repeat(86)}` };
    const answers = [
      await elsewhere.call("POST", "/orders", { headers, body: { amount: 1 } }),
      await elsewhere.call("POST", "/orders", { headers: ann, body: { amount: 1 } }),
      await elsewhere.call("POST", "/login", { body: { user_id: "ann" } }),
      await elsewhere.call("POST", "/token", { body: { user_id: "ann" } }),
    ];
    await elsewhere.stop();

    // Assess
    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 401, 404, 404],
    );
  });
});
