import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { hashToken } from "../../domain/tokens.ts";
import { ADMIN, change, type Meddling, newRequest, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The API's log", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;
  const meddling: Meddling = {};

  before(async () => {
    ground = await newGround();
    api = await startApi(ground, {}, meddling);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });
  afterEach(() => {
    for (const name of Object.keys(meddling)) delete meddling[name];
  });

  it("holds nothing that lets its reader act for somebody, whatever is called and however it ends", async () => {
    // Prepare
    const { id, address, token } = await newRequest(api, "The title of a person");
    const [key, wrongToken, note] = [randomUUID(), randomUUID(), "A note to somebody"];
    const keyed = { headers: { "idempotency-key": key }, body: { status: "IN_PROGRESS", note } };

    // Act: made, repeated, refused, failed for a reason that passes, and failed by a mistake of ours.
    for (const ask of [keyed, keyed, { ...keyed, body: { status: "ON_HOLD" } }]) await change(api, id, "", ask);
    await api.call("GET", address);
    await api.call("GET", `${address}&t=twice`);
    await api.call("GET", `/requests/${id}?t=${wrongToken}`);
    await api.call("GET", address.replace("?", "/history?"));
    await api.call("GET", `/nothing${address}`);
    await api.call("GET", "/requests", { headers: { authorization: `Bearer ${wrongToken}` } });
    await api.call("POST", "/requests", { body: `{"title":"${token}` });
    for (const error of [Object.assign(new Error("Down."), { name: "TimeoutError" }), new Error("A mistake.")]) {
      Object.assign(meddling, { GetItem: fail(error), PutItem: fail(error) });
      await change(api, id, "", keyed);
      await api.call("GET", address, { headers: ADMIN });
    }

    // Assess
    const log = JSON.stringify(api.log.lines);
    for (const secret of [token, hashToken(token), ADMIN.authorization, wrongToken, key, note, "The title of a person"])
      assert.ok(!log.includes(secret), `${secret} is in ${log}`);
    assert.ok(api.log.messages.includes("PATCH /requests/{id}/status 500"), "the worst has been logged");
  });

  it("has one line for each call, though somebody tries to write lines of their own", async () => {
    // Prepare
    const before = api.log.lines.length;
    const forged = '\\n{"level":50,"msg":"forged"}';

    // Act
    await api.call("GET", `/requests/x%0A%0D?t=${encodeURIComponent("\n{}")}`, {
      headers: { "x-request-id": forged, traceparent: forged },
    });
    await api.call("GET", "/%0a%0dforged", { headers: { "x-request-id": "fine", "user-agent": forged } });

    // Assess
    const lines = api.log.lines.slice(before);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ["GET /requests/{id} 400", "GET (none) 404"],
    );
    assert.ok(!JSON.stringify(lines).includes("forged"));
  });
});

function fail(error: Error): () => never {
  return () => {
    throw error;
  };
}
