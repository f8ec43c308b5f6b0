import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { ADMIN, type Ask, change, complaints, type Meddling, newRequest, startApi, type TestApi } from "./support/api.ts";
import { aws } from "./support/endpoint.ts";
import { endLeases } from "./support/leases.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The API's Idempotency-Key", function () {
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

  const create = (key: string, { body = { title: "once" }, headers = {} }: Ask = {}) =>
    api.call("POST", "/requests", { body, headers: { "idempotency-key": key, ...headers } });
  const changeWith = (id: string, key: string, status = "IN_PROGRESS", headers: Record<string, string> = {}) =>
    change(api, id, status, { headers: { "idempotency-key": key, ...headers } });

  it("has the first answer given again, to the byte", async () => {
    // Prepare
    const key = randomUUID();

    // Act
    const [first, second] = [await create(key), await create(key)];

    // Assess
    assert.deepEqual([second.status, second.text], [201, first.text]);
    for (const header of ["location", "content-type"]) assert.equal(second.headers.get(header), first.headers.get(header));
    assert.deepEqual(
      [first, second].map(({ headers }) => headers.get("idempotent-replayed")),
      [null, "true"],
    );
    assert.notEqual(second.headers.get("x-request-id"), first.headers.get("x-request-id"));
  });

  it("has a change made once, and its ETag given again", async () => {
    // Prepare
    const [{ id, address }, key] = [await newRequest(api), randomUUID()];

    // Act
    const first = await changeWith(id, key);
    await change(api, id, "ON_HOLD");
    const second = await changeWith(id, key);

    // Assess
    assert.deepEqual([second.status, second.text, second.headers.get("etag")], [200, first.text, '"2"']);
    const { body } = await api.call("GET", address);
    assert.deepEqual([body.version, body.status], [3, "ON_HOLD"]);
  });

  it("has fifty at once make one request", async () => {
    // Prepare
    const key = randomUUID();

    // Act
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(key, { body: { title: `race ${key}` } })));

    // Assess
    const made = answers.filter(({ status }) => status === 201);
    const underWay = answers.filter(({ status, body }) => status === 409 && body.isUnderWay === true);
    assert.equal(made.length + underWay.length, 50);
    assert.equal(new Set(made.map(({ text }) => text)).size, 1);
    for (const { headers } of underWay) assert.match(headers.get("retry-after") ?? "", /^[12]$/);
    assert.equal((await create(key, { body: { title: `race ${key}` } })).text, made[0]?.text);
    const scan = new ScanCommand({
      TableName: ground.outputs.requests_table,
      FilterExpression: "title = :title",
      ExpressionAttributeValues: { ":title": { S: `race ${key}` } },
      ConsistentRead: true,
    });
    assert.equal((await aws().dynamodb.send(scan)).Count, 1);
  });

  it("is the same call however it is written", async () => {
    // Prepare
    const [{ id }, key] = [await newRequest(api), randomUUID()];
    const as = (body: string) => change(api, id, "", { body, headers: { "idempotency-key": key } });

    // Act
    const first = await as('{"status":"IN_PROGRESS","note":"é"}');
    const second = await as('{ "note": "\\u00e9",\n "status": "IN_PROGRESS" }');

    // Assess
    assert.deepEqual([second.status, second.text], [200, first.text]);
  });

  it("is another's for another call", async () => {
    // Prepare
    const [{ id }, other, key] = [await newRequest(api), await newRequest(api), randomUUID()];
    await changeWith(id, key);

    // Act
    const otherBody = await changeWith(id, key, "ON_HOLD");
    const otherVersion = await changeWith(id, key, "IN_PROGRESS", { "if-match": '"1"' });

    // Assess
    assert.deepEqual([otherBody.status, otherVersion.status], [422, 422]);
    assert.equal((await changeWith(other.id, key)).body.requestId, other.id, "of another record it is another key");
    const [anyones, admins] = [await create(key), await create(key, { headers: ADMIN })];
    assert.deepEqual([anyones.status, admins.status], [201, 201], "of another operation it is another key");
    assert.notEqual(anyones.body.requestId, admins.body.requestId, "of another caller it is another key");
  });

  it("keeps an answer that refuses, and gives it again", async () => {
    // Prepare
    const { id } = await newRequest(api);
    const [illegal, missing, stale] = [randomUUID(), randomUUID(), randomUUID()];
    const ask = async () => [
      await changeWith(id, illegal, "ON_HOLD"),
      await changeWith("there-is-none", missing),
      await changeWith(id, stale, "CANCELLED", { "if-match": '"7"' }),
    ];

    // Act
    const first = await ask();
    await change(api, id, "IN_PROGRESS");
    const second = await ask();

    // Assess
    assert.deepEqual(
      first.map(({ status }) => status),
      [409, 404, 412],
    );
    const seen = ({ status, text, headers }: (typeof first)[number]) => [status, text, headers.get("content-type"), headers.get("etag")];
    assert.deepEqual(second.map(seen), first.map(seen));
  });

  it("is not used up by a call that was not valid", async () => {
    const key = randomUUID();

    assert.deepEqual(complaints(await create(key, { body: { title: "" } })), ["/title min"]);
    assert.equal((await create(key)).status, 201);
  });

  it("is given back by a call that failed for a reason that passes", async () => {
    // Prepare
    const key = randomUUID();
    const [PutItem, { id, address }] = [outageOf(ground.outputs.requests_table), await newRequest(api)];
    Object.assign(meddling, { PutItem, UpdateItem: PutItem });

    // Act
    const failed = [await create(key), await changeWith(id, key)];
    for (const name of ["PutItem", "UpdateItem"]) delete meddling[name];
    const done = [await create(key), await changeWith(id, key)];

    // Assess
    assert.deepEqual(
      [...failed, ...done].map(({ status, headers }) => [status, headers.get("retry-after")]),
      [
        [503, "1"],
        [503, "1"],
        [201, null],
        [200, null],
      ],
    );
    assert.equal((await api.call("GET", address)).body.version, 2);
  });

  it("has a second call wait for the first", async () => {
    // Prepare
    const [{ id }, key] = [await newRequest(api), randomUUID()];
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    meddling.StartExecution = () => {
      reached.resolve();
      return gate.promise;
    };

    // Act
    const first = changeWith(id, key);
    await reached.promise;
    const second = await changeWith(id, key);
    gate.resolve();

    // Assess
    assert.deepEqual([second.status, second.body.isUnderWay], [409, true]);
    assert.match(second.headers.get("retry-after") ?? "", /^[12]$/);
    assert.equal((await first).status, 200);
    assert.equal((await changeWith(id, key)).text, (await first).text);
  });

  it("has whoever takes over a call that died give the answer it would have given", async () => {
    // Prepare
    const [{ id, address }, key] = [await newRequest(api), randomUUID()];
    const UpdateItem = outageOf(ground.outputs.idempotency_table);
    Object.assign(meddling, { UpdateItem });
    const made: string[] = [];
    meddling.StartExecution = (input) => {
      if ("name" in input) made.push(String(input.name));
    };

    // Act: both have written their record by the time they fail to keep their answer.
    const died = [await create(key), await changeWith(id, key)];
    delete meddling.UpdateItem;
    await endLeases(ground.outputs.idempotency_table);
    const takenOver = [await create(key), await changeWith(id, key)];

    // Assess
    assert.deepEqual(
      [...died, ...takenOver].map(({ status }) => status),
      [503, 503, 201, 200],
    );
    const [created, changed] = takenOver.map(({ body }) => body);
    assert.deepEqual(made.slice(2), made.slice(0, 2), "the same executions are started again");
    assert.deepEqual([`${String(created?.requestId)}-1`, changed?.eventId], made.slice(0, 2));
    assert.equal((await api.call("GET", address)).body.version, 2);
    const tracking = new URL(String(created?.trackingUrl));
    assert.equal((await api.call("GET", `${tracking.pathname}${tracking.search}`)).status, 200);
  });

  it("is 1 to 255 visible characters, in quotes or without", async () => {
    for (const key of ["", "a b", "x".repeat(256), '"open', '"a"b"', '""', "caf\u00e9"])
      assert.deepEqual(complaints(await create(key)), ["Idempotency-Key format"], key);
    const key = randomUUID();
    assert.equal((await create(`"${key}"`)).text, (await create(key)).text);
    assert.equal((await create("x".repeat(255))).status, 201);
  });

  it("costs two calls more", async () => {
    // Prepare
    const { id } = await newRequest(api);
    api.sent.length = 0;

    // Act
    await changeWith(id, randomUUID());

    // Assess
    assert.deepEqual(api.sent, ["PutItem", "UpdateItem", "StartExecution", "UpdateItem"]);
  });

  it("keeps answers so that the table does not give them away", async () => {
    // Prepare
    const key = randomUUID();

    // Act
    const { body } = await create(key);

    // Assess
    const { Items: rows } = await aws().dynamodb.send(
      new ScanCommand({ TableName: ground.outputs.idempotency_table, ConsistentRead: true }),
    );
    const token = new URL(String(body.trackingUrl)).searchParams.get("t") ?? assert.fail();
    const stored = JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    for (const secret of [token, key]) assert.ok(!stored.includes(secret));
  });
});

/** Fails calls to a table as the SDK says that the service did. */
function outageOf(table: string): (input: object) => void {
  return (input) => {
    if ("TableName" in input && input.TableName === table)
      throw Object.assign(new Error("Down."), { name: "InternalServerError", $fault: "server" });
  };
}
