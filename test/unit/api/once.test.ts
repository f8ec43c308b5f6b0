import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type OnceOptions, once } from "../../../api/once.ts";
import type { Answer, CallMark } from "../../../api/operation.ts";
import { Problem, unavailable } from "../../../api/problem.ts";
import { type Item, textAt } from "../../../domain/attributes.ts";

const CALL = { key: "the-key", scope: "anyone POST /requests {}", content: "[1]" };
const MADE: Answer = { status: 201, body: { id: "x" }, headers: { location: "/x" } };
const WRITE_MS_MAX = 4_000;
const LEASE_MS = 30_000;

const asAnswer = ({ status, message }: Problem): Answer => ({ status, body: message });

/** One row of a table that takes what the store sends: a put unless it is there, and updates of who holds it. */
class Row {
  item: Item | undefined;
  isDown = false;
  now = 1_000_000;
  readonly options: OnceOptions;

  constructor() {
    const client = new DynamoDBClient({ region: "us-east-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } });
    client.middlewareStack.add(
      (_, { commandName }) =>
        async ({ input }) => ({ response: {}, output: this.#answer(String(commandName), { ...input }) }),
      {
        step: "initialize",
        name: "a row in place of a table",
      },
    );
    this.options = {
      idempotency: { table: "t", client, clock: () => this.now, newId: randomUUID, secrets: [new Uint8Array(32)] },
      writeMsMax: WRITE_MS_MAX,
    };
  }

  #answer(command: string, { Item: put, UpdateExpression: change, ExpressionAttributeValues: values }: { [name: string]: unknown }) {
    if (this.isDown) throw Object.assign(new Error("Down."), { name: "InternalServerError", $fault: "server" });
    const $metadata = {};
    if (command === "GetItemCommand") return { $metadata, Item: this.item };
    if (command === "PutItemCommand") {
      if (this.item !== undefined) throw new ConditionalCheckFailedException({ $metadata, message: "There is one.", Item: this.item });
      this.item = { ...Object(put) };
      return { $metadata };
    }
    const row = this.item ?? assert.fail("There is no row to update.");
    const given: Item = { ...Object(values) };
    const holder = given[":before"] ?? given[":holder"];
    if (row.leaseUntil === undefined || textAt(row, "holder") !== holder?.S)
      throw new ConditionalCheckFailedException({ $metadata, message: "Another holds it." });
    if (String(change).includes("#answer")) {
      const { leaseUntil: _, ...rest } = row;
      this.item = { ...rest, answer: given[":answer"] ?? assert.fail() };
    } else if (given[":until"] === undefined) this.item = { ...row, leaseUntil: given[":now"] ?? assert.fail() };
    else this.item = { ...row, holder: given[":holder"] ?? assert.fail(), leaseUntil: given[":until"] };
    return { $metadata };
  }
}

describe("A call made once", () => {
  let row: Row;
  let marks: CallMark[];

  beforeEach(() => {
    row = new Row();
    marks = [];
  });

  const makeAs = (call: typeof CALL | undefined, act: () => Answer | Promise<Answer>) =>
    once(
      row.options,
      call,
      async (mark) => {
        marks.push(mark);
        return act();
      },
      asAnswer,
    );
  const make = (answer: Answer | Error = MADE, call = CALL) =>
    makeAs(call, () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  /** A first call that is being made, and how to let it end. */
  const begun = async () => {
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<Answer>()];
    const answer = makeAs(CALL, () => {
      reached.resolve();
      return gate.promise;
    });
    await reached.promise;
    return { answer, end: gate.resolve };
  };

  it("is made each time where it has no key, with ids of its own, and leaves nothing behind", async () => {
    await makeAs(undefined, () => MADE);
    await makeAs(undefined, () => MADE);

    assert.equal(new Set(marks.flatMap(({ recordId, changeId }) => [recordId, changeId])).size, 4);
    assert.equal(row.item, undefined);
  });

  it("is answered again under its key, with the headers and a mark, and not made", async () => {
    const [first, second] = [await make(), await make()];

    assert.deepEqual(first, MADE);
    assert.deepEqual(second, { ...MADE, headers: { ...MADE.headers, "idempotent-replayed": "true" } });
    assert.equal(marks.length, 1);
  });

  it("is refused again in the same words where it was refused for good", async () => {
    const [first, second] = [await make(new Problem(409, "Illegal.")), await make(MADE)];

    assert.deepEqual(first, { status: 409, body: "Illegal." });
    assert.deepEqual(second, { ...first, headers: { "idempotent-replayed": "true" } });
  });

  it("is 422 where its key was another call's", async () => {
    await make();

    await assert.rejects(make(MADE, { ...CALL, content: "[2]" }), (error) => error instanceof Problem && error.status === 422);
    assert.equal(marks.length, 1);
  });

  for (const [name, failure] of [
    ["a problem that passes", unavailable("Later.")],
    ["an error", new Error("The table is gone.")],
  ] as const) {
    it(`is made anew after ${name}, under the same ids, and knows that it was tried`, async () => {
      await assert.rejects(make(failure), failure);
      row.now += 1;
      const second = await make();

      assert.deepEqual(second, MADE);
      const [tried, made] = marks;
      assert.deepEqual([made?.recordId, made?.changeId], [tried?.recordId, tried?.changeId]);
      assert.deepEqual([tried?.triedSince, made?.triedSince], [undefined, 1_000_000]);
    });
  }

  it("is 409 while the first is under way, for seconds and not for its lease", async () => {
    // Prepare
    const first = await begun();

    // Act
    const refused = await make().catch((error: unknown) => error);
    first.end(MADE);

    // Assess
    assert.ok(refused instanceof Problem);
    assert.deepEqual([refused.status, refused.options.headers, refused.options.extra], [409, { "retry-after": "2" }, { isUnderWay: true }]);
    assert.deepEqual(await first.answer, MADE);
  });

  it("begins no write so late that another may have taken over by the time it is done", async () => {
    await make();

    assert.equal(marks[0]?.until, row.now + LEASE_MS - WRITE_MS_MAX);
  });

  it("is taken over from one that died, under its ids, and whoever comes late leaves the answer as it is", async () => {
    // Prepare
    const late = await begun();
    row.now += LEASE_MS;

    // Act
    const second = await make();
    late.end({ status: 201, body: "the late one's" });
    await late.answer;

    // Assess
    assert.deepEqual(second, MADE);
    assert.equal(marks[1]?.changeId, marks[0]?.changeId);
    assert.deepEqual((await make()).body, MADE.body);
  });

  it("fails as it failed where the key cannot be given back", async () => {
    const failure = unavailable("Later.");
    const failed = makeAs(CALL, () => {
      row.isDown = true;
      throw failure;
    });

    await assert.rejects(failed, failure);
  });

  it("is not made where its key cannot be taken", async () => {
    row.isDown = true;

    await assert.rejects(make(), { name: "InternalServerError" });
    assert.equal(marks.length, 0);
  });

  it("keeps nothing of its key, its content or its answer that could be read", async () => {
    await make({ status: 201, body: "the-tracking-token" }, { ...CALL, content: "the-title" });

    const stored = JSON.stringify(row.item, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    for (const secret of ["the-key", "the-title", "the-tracking-token"]) assert.ok(!stored.includes(secret), stored);
  });
});
