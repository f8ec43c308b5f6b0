import assert from "node:assert/strict";
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { type ProductStatus, products } from "../../domain/products.ts";
import { executionArn } from "../../workflows/starter.ts";
import { ADMIN, complaints, startApi, type TestApi } from "./support/api.ts";
import { aws, endpointUrl, eventually } from "./support/endpoint.ts";
import { newGround, type RunningWorker, startWorker, type WorkerGround } from "./support/worker.ts";

type Fields = Readonly<Record<string, unknown>>;

const LAPTOP = { name: "Laptop", description: "High-performance laptop", price: 1299.99 };

describe("The API's products", function () {
  this.timeout(30_000);
  let ground: WorkerGround<ProductStatus>;
  let api: TestApi;
  let worker: RunningWorker | undefined;

  before(async () => {
    ground = await newGround({}, products);
    api = await startApi(ground, { APP_PUBLIC_BASE_URL: "https://milepost.example/base/" });
  });
  afterEach(async () => {
    await worker?.end();
    worker = undefined;
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const make = async (fields: object = {}): Promise<Fields> => {
    const { status, body, text } = await api.call("POST", "/products", { body: { ...LAPTOP, ...fields } });
    assert.equal(status, 201, text);
    return body;
  };
  const remove = async (id: unknown, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    (await api.call("DELETE", `/products/${id}`, { headers })).status;
  const listed = async (address: string): Promise<{ names: string[]; token: unknown }> => {
    const { body, text } = await api.call("GET", address);
    assert.ok(Array.isArray(body.products), text);
    return { names: body.products.map(({ name }: Fields) => String(name)), token: body.next_page_token };
  };
  const events = async (id: unknown): Promise<Fields[]> => {
    const { body } = await api.call("GET", `/products/${id}/events`);
    assert.ok(Array.isArray(body.events));
    return body.events;
  };

  it("are made as they were asked for, and have an execution of their own", async () => {
    // Act
    const { status, body, headers } = await api.call("POST", "/products", { body: { ...LAPTOP, name: "  Laptop ", stock: 25 } });

    // Assess
    const { id, created_at: createdAt, ...rest } = body;
    assert.equal(status, 201);
    assert.deepEqual(rest, { ...LAPTOP, stock: 25, status: "ACTIVE", updated_at: createdAt });
    assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
    assert.equal(headers.get("location"), `https://milepost.example/base/products/${id}`);
    assert.equal(headers.get("etag"), '"1"');
    const arn = executionArn(ground.stateMachineArn, `${id}-1`);
    assert.equal((await aws().sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).status, "RUNNING");
    assert.deepEqual((await api.call("GET", `/products/${id}`)).body, body);
  });

  it("have prices that stay exact, and no stock where none was said", async () => {
    for (const price of [0.01, 0.29, 4.35, 19.99, 1_000_000_000]) {
      const { id, ...made } = await make({ price, description: "" });
      const { body, text } = await api.call("GET", `/products/${id}`);
      assert.deepEqual([body.price, body.description, "stock" in body, made.price], [price, null, false, price]);
      assert.ok(text.includes(`"price":${JSON.stringify(price)}`), text);
    }
  });

  it("show the stock there is by now", async () => {
    // Prepare: an order takes some of it.
    const { id } = await make({ name: "Mouse", stock: 25 });
    await aws().dynamodb.send(
      new UpdateItemCommand({
        TableName: ground.ledger.table,
        Key: { PK: { S: `PRODUCT#${id}` } },
        UpdateExpression: "SET stock = stock - :sold",
        ExpressionAttributeValues: { ":sold": { N: "2" } },
      }),
    );

    // Act
    const { body } = await api.call("GET", `/products/${id}`);

    // Assess
    assert.equal(body.stock, 23);
  });

  it("are gone once they are deleted, but their events and their history are not", async () => {
    // Prepare
    const { id } = await make();

    // Act
    const first = await api.call("DELETE", `/products/${id}`);
    const second = await api.call("DELETE", `/products/${id}`);
    const shown = await api.call("GET", `/products/${id}`);

    // Assess
    assert.deepEqual([first.status, first.text, first.headers.get("content-type")], [204, "", null]);
    assert.deepEqual([second.status, second.body.detail, shown.status], [404, "There is no such product any more.", 404]);
    assert.deepEqual(
      (await events(id)).map(({ type, state }) => [type, state]),
      [
        ["product.created", "pending"],
        ["product.deleted", "pending"],
      ],
    );
    assert.equal((await api.call("GET", `/products/${id}/history`)).status, 200);
    await eventually(async () => assert.ok(!(await listed("/products?limit=100")).names.includes(String(id))));
  });

  it("are deleted only in the version that If-Match names", async () => {
    const { id } = await make();

    assert.equal(await remove(id, { "if-match": '"7"' }), 412);
    assert.equal((await api.call("GET", `/products/${id}`)).status, 200);
    assert.equal(await remove(id, { "if-match": '"1"' }), 204);
  });

  it("are made and deleted once under one Idempotency-Key", async () => {
    // Act
    const ask = { headers: { "idempotency-key": "one-laptop" }, body: LAPTOP };
    const made = [await api.call("POST", "/products", ask), await api.call("POST", "/products", ask)];
    const { id } = made[0]?.body ?? assert.fail();
    const key = { "idempotency-key": "away-with-it" };
    const removed = [
      await api.call("DELETE", `/products/${id}`, { headers: key }),
      await api.call("DELETE", `/products/${id}`, { headers: key }),
    ];

    // Assess
    assert.equal(made[0]?.text, made[1]?.text);
    assert.deepEqual(
      removed.map(({ status, text, headers }) => [status, text, headers.get("idempotent-replayed")]),
      [
        [204, "", null],
        [204, "", "true"],
      ],
    );
  });

  it("tell of each event whether it waits, was handed over, or was given up and why", async () => {
    // Prepare
    const { id } = await make();
    const before = await events(id);
    worker = startWorker(ground);
    const done = await eventually(async () => {
      const [event] = await events(id);
      assert.equal(event?.state, "processed");
      return event ?? {};
    }, 15_000);
    await worker.end();
    await aws().dynamodb.send(
      new UpdateItemCommand({
        TableName: ground.ledger.table,
        Key: { PK: { S: `PRODUCT#${id}` } },
        UpdateExpression: "SET failed.#one = :failed",
        ExpressionAttributeNames: { "#one": "1" },
        ExpressionAttributeValues: {
          ":failed": {
            M: {
              ...Object.fromEntries(["changeId", "input", "changedAt", "failedAt"].map((name) => [name, { S: "x" }])),
              reason: { S: "no sink" },
              attempt: { N: "3" },
            },
          },
        },
      }),
    );

    // Act
    const [failed] = await events(id);

    // Assess
    const facts = { eventId: `${id}-1`, type: "product.created", version: 1, changedAt: done.changedAt };
    assert.deepEqual(before, [{ ...facts, state: "pending" }]);
    assert.deepEqual(done, { ...facts, state: "processed", processedAt: done.processedAt });
    assert.ok(Date.parse(String(done.processedAt)) >= Date.parse(String(done.changedAt)));
    assert.deepEqual(failed, { ...facts, state: "failed", reason: "no sink" });
  });

  it("have events and history in pages", async () => {
    // Prepare
    const { id } = await make();
    await remove(id);
    worker = startWorker(ground);
    await eventually(async () => assert.ok((await events(id)).every(({ state }) => state === "processed")), 15_000);

    for (const list of ["events", "history"]) {
      // Act
      const first = await api.call("GET", `/products/${id}/${list}?limit=1`);
      const second = await api.call("GET", `/products/${id}/${list}?limit=1&token=${first.body.next_page_token}`);

      // Assess
      const types = [first, second].flatMap(({ body }) => {
        const page = body[list];
        assert.ok(Array.isArray(page));
        return page.map(({ type }: Fields) => type);
      });
      assert.deepEqual(types, ["product.created", "product.deleted"]);
      assert.equal(second.body.next_page_token, undefined);
    }
  });

  describe("in a list", () => {
    it("come newest first, in pages that what is made and deleted between them does not disturb", async () => {
      // Prepare
      const names = Array.from({ length: 7 }, (_, number) => `listed ${number}`);
      const made: Fields[] = [];
      for (const name of names) made.push(await make({ name }));
      const newest = names.toReversed();
      await eventually(async () => assert.deepEqual((await listed("/products?limit=7")).names, newest));

      // Act
      const first = await listed("/products?limit=2");
      await make({ name: "made meanwhile" });
      for (const number of [6, 4, 2]) assert.equal(await remove(made[number]?.id), 204);
      const second = await eventually(async () => {
        const page = await listed(`/products?limit=2&token=${first.token}`);
        assert.deepEqual(page.names, ["listed 3", "listed 1"]);
        return page;
      });
      const third = await listed(`/products?limit=1&token=${second.token}`);

      // Assess
      assert.deepEqual([first.names, third.names], [["listed 6", "listed 5"], ["listed 0"]]);
    });

    it("are those that are not deleted, or the deleted ones", async () => {
      const { id } = await make({ name: "soon gone" });
      await remove(id);

      await eventually(async () => assert.ok((await listed("/products?status=DELETED&limit=1")).names.includes("soon gone")));
      assert.ok(!(await listed("/products?limit=100")).names.includes("soon gone"));
      assert.ok(!(await listed("/products?status=ACTIVE&limit=100")).names.includes("soon gone"));
    });

    it("cost two calls a page", async () => {
      api.sent.length = 0;

      await listed("/products?limit=50");

      assert.deepEqual(api.sent, ["Query", "BatchGetItem"]);
    });

    it("go on only by a token of the same list", async () => {
      // Prepare
      for (const name of ["one", "two"]) await make({ name });
      const { token } = await eventually(async () => {
        const page = await listed("/products?limit=1");
        assert.ok(typeof page.token === "string");
        return page;
      });
      const { id } = await make();
      await remove(id);
      const { body } = await api.call("GET", `/products/${id}/events?limit=1`);
      const forged = `${String(token).slice(0, -1)}${String(token).endsWith("A") ? "B" : "A"}`;

      // Act
      const answers = [
        await api.call("GET", `/products?token=${forged}`),
        await api.call("GET", "/products?token=forged"),
        await api.call("GET", `/products?status=DELETED&token=${token}`),
        await api.call("GET", `/products?token=${body.next_page_token}`),
        await api.call("GET", `/products/${id}/history?token=${body.next_page_token}`),
      ];

      // Assess
      for (const answer of answers) assert.deepEqual(complaints(answer), ["token cursor"]);
      assert.equal((await api.call("GET", `/products?token=${token}`)).status, 200);
    });
  });

  it("refuse what no product is, naming each field", async () => {
    const refused: readonly [unknown, string[]][] = [
      [{}, ["/name required", "/price required"]],
      [{ name: 7, price: "12", stock: "many" }, ["/name type", "/price type", "/stock type"]],
      [{ name: " ", price: 0, description: "x".repeat(2_001) }, ["/name min", "/description max", "/price price"]],
      [{ name: "x".repeat(201), price: 1.001, stock: 0.5 }, ["/name max", "/price price", "/stock range"]],
      [{ name: "two\nlines", price: -1, stock: -1 }, ["/name characters", "/price price", "/stock range"]],
      ['{"name":"x","price":1e999}', ["/price type"]],
      ['{"name":"half \\ud800","price":1}', ["/name unicode"]],
      [{ ...LAPTOP, status: "DELETED", priceCents: 1 }, ["/status unknown", "/priceCents unknown"]],
      [[], ["/ type"]],
    ];
    for (const [body, expected] of refused)
      assert.deepEqual(complaints(await api.call("POST", "/products", { body })), expected, JSON.stringify(body));
  });

  it("refuse what no product can be asked for by", async () => {
    for (const address of ["/products/none", "/products/none/events", "/products/none/history"])
      assert.equal((await api.call("GET", address)).status, 404, address);
    assert.equal(await remove("none"), 404);
    assert.equal((await api.call("GET", `/products/${"x".repeat(49)}`)).status, 400);
    assert.deepEqual(complaints(await api.call("GET", "/products?status=GONE&limit=0")), ["status choice", "limit range"]);
  });

  it("are the administrator's to make and delete where this is not somebody's own machine, and anyone's to see", async () => {
    // Prepare
    // There, the SDK finds out by itself who it is.
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = process.env;
    process.env = { ...rest, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const services = ["DYNAMODB_ENDPOINT", "SQS_ENDPOINT", "STEPFUNCTIONS_ENDPOINT"];
    const elsewhere = Object.fromEntries(services.map((name) => [name, endpointUrl()]));
    const strict = await startApi(ground, { MILEPOST_MODE: "aws", AWS_ENDPOINT_URL: "", ...elsewhere });

    // Act
    const made = await strict.call("POST", "/products", { body: LAPTOP, headers: ADMIN });
    const statuses = [
      (await strict.call("POST", "/products", { body: LAPTOP })).status,
      (await strict.call("DELETE", `/products/${made.body.id}`)).status,
      (await strict.call("GET", `/products/${made.body.id}`)).status,
      (await strict.call("DELETE", `/products/${made.body.id}`, { headers: ADMIN })).status,
    ];
    await strict.stop();
    process.env = { ...rest, ...(AWS_ACCESS_KEY_ID && { AWS_ACCESS_KEY_ID }), ...(AWS_SECRET_ACCESS_KEY && { AWS_SECRET_ACCESS_KEY }) };

    // Assess
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(statuses, [401, 401, 200, 204]);
  });

  it("cost two calls to make and two to delete", async () => {
    // Act
    api.sent.length = 0;
    const { id } = await make();
    await remove(id);

    // Assess
    assert.deepEqual(api.sent, ["PutItem", "StartExecution", "UpdateItem", "StartExecution"]);
  });
});
