import assert from "node:assert/strict";
import { complaints, startApi, type TestApi } from "./support/api.ts";
import { endpointUrl } from "./support/endpoint.ts";
import { newOrdersGround, type OrdersGround } from "./support/orders.ts";

describe("Logging in over HTTP", function () {
  this.timeout(30_000);
  let ground: OrdersGround;
  let api: TestApi;

  before(async () => {
    ground = await newOrdersGround();
    api = await startApi(ground);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  for (const [address, body] of [
    ["/login", { user_id: "u123", amount: 1 }],
    ["/token", { user_id: "test-user" }],
  ] as const)
    it(`gives a token at ${address} that is good for an hour, that nobody keeps, and that orders are placed with`, async () => {
      // Act
      const answer = await api.call("POST", address, { body });
      const headers = { authorization: `bearer ${answer.body.access_token}` };
      const placed = await api.call("POST", "/orders", { headers, body: { user_id: body.user_id, amount: 999 } });

      // Assess
      const { access_token: token, ...rest } = answer.body;
      assert.deepEqual([answer.status, rest], [200, { token_type: "Bearer", expires_in: 3_600 }]);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(placed.status, 202, placed.text);
      assert.ok(!JSON.stringify(api.log.lines).includes(String(token)));
    });

  it("names what is wrong, and asks for nothing but who one is", async () => {
    assert.deepEqual(complaints(await api.call("POST", "/login", { body: { amount: "1" } })), ["/user_id required"]);
    assert.deepEqual(complaints(await api.call("POST", "/token", { body: { user_id: "u123", amount: 1 } })), ["/amount unknown"]);
    assert.equal((await api.call("GET", "/login")).status, 405);
  });

  it("is not there where this is not somebody's own machine", async () => {
    // Prepare
    const services = ["DYNAMODB_ENDPOINT", "SQS_ENDPOINT", "STEPFUNCTIONS_ENDPOINT", "S3_ENDPOINT"];
    const elsewhere = Object.fromEntries(services.map((name) => [name, endpointUrl()]));
    const strict = await startApi(ground, { MILEPOST_MODE: "aws", AWS_ENDPOINT_URL: "", ...elsewhere });

    // Act
    const statuses = [];
    for (const address of ["/login", "/token"]) statuses.push((await strict.call("POST", address, { body: { user_id: "ann" } })).status);
    await strict.stop();

    // Assess
    assert.deepEqual(statuses, [404, 404]);
  });
});
