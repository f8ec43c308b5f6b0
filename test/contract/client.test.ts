import assert from "node:assert/strict";
import { Milepost, MilepostError } from "../../client/milepost.ts";
import { ADMIN, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The client", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;
  let anyone: Milepost;
  let administrator: Milepost;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
    anyone = new Milepost({ url: api.url });
    administrator = new Milepost({ url: api.url, token: ADMIN.authorization.replace("Bearer ", "") });
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  it("makes a request, follows it, and moves it on", async () => {
    // Act
    const { body: made, status } = await anyone.createRequest({ body: { title: "Replace the pump" } });
    const { body: changed } = await administrator.changeRequestStatus(
      { path: { id: made.requestId }, body: { status: "IN_PROGRESS", note: "Parts have arrived." } },
      { ifMatch: '"1"' },
    );
    const t = new URL(made.trackingUrl).searchParams.get("t") ?? undefined;
    const { body: shown, headers } = await anyone.getRequest({ path: { id: made.requestId }, query: { t } });

    // Assess
    const isInProgress: "IN_PROGRESS" | string = shown.status;
    assert.deepEqual([status, changed.newStatus, isInProgress, shown.version], [201, "IN_PROGRESS", "IN_PROGRESS", 2]);
    assert.equal(headers.get("etag"), '"2"');
  });

  it("makes a call once under its key", async () => {
    const idempotencyKey = "0b8a47f2-6c1e-4b39-8f50-d9e2c3a61b74";
    const call = () => anyone.createRequest({ body: { title: "once" } }, { idempotencyKey });

    const [first, second] = [await call(), await call()];

    assert.equal(first.body.requestId, second.body.requestId);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
  });

  it("pages through a list", async () => {
    // Prepare
    for (const title of ["one", "two", "three"]) await anyone.createRequest({ body: { title } });

    // Act
    const first = await administrator.listRequests({ query: { limit: 2 } });
    const second = await administrator.listRequests({ query: { limit: 2, token: first.body.next_page_token } });

    // Assess
    const ids = [...first.body.requests, ...second.body.requests].map(({ requestId }) => requestId);
    assert.equal(new Set(ids).size, 4);
  });

  it("throws a refusal with what is wrong", async () => {
    const refused = await anyone.listRequests().catch((error: unknown) => error);

    assert.ok(refused instanceof MilepostError);
    assert.deepEqual([refused.status, refused.problem.title, refused.headers.has("www-authenticate")], [401, "Unauthorized", true]);
    await assert.rejects(anyone.createRequest({ body: { title: "" } }), {
      name: "MilepostError",
      message: /\/title: must have at least 1 character/,
    });
  });

  it("gives a text as a text", async () => {
    assert.equal((await anyone.getHealth()).body, "ok");
  });

  it("gives up when a call takes too long", async () => {
    await assert.rejects(new Milepost({ url: "http://192.0.2.1", timeoutMs: 50 }).getHealth(), { name: /TimeoutError|TypeError/ });
  });
});
