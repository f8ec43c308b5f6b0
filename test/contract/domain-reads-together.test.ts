import assert from "node:assert/strict";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { text } from "../../domain/attributes.ts";
import { createRecord } from "../../domain/creation.ts";
import { recordKey } from "../../domain/ids.ts";
import { readRecord } from "../../domain/ledger.ts";
import { ReadsTogether } from "../../domain/reads-together.ts";
import { aws, uniqueName } from "./support/endpoint.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("Reads of records that are asked for at the same moment", () => {
  let ground: WorkerGround;
  let sent: string[];
  let reads: ReadsTogether;

  before(async () => {
    ground = await newGround();
  });
  beforeEach(() => {
    sent = [];
    const { dynamodb } = aws();
    const send = (command: { readonly constructor: { readonly name: string } }) => {
      sent.push(command.constructor.name);
      return Reflect.apply(dynamodb.send, dynamodb, [command]);
    };
    reads = new ReadsTogether({ ...ground.ledger, client: Object.assign(Object.create(dynamodb), { send }) });
  });
  after(() => ground?.drop());

  const newRecord = async () => {
    const id = uniqueName("record");
    await createRecord(ground.ledger, { id, changeId: uniqueName("change") });
    return id;
  };

  it("are one call, which brings each as a read of its own would", async () => {
    // Prepare
    const ids = await Promise.all(Array.from({ length: 3 }, newRecord));
    const alone = await Promise.all(ids.map((id) => readRecord(ground.ledger, id)));
    // Act
    const together = await Promise.all([...ids, "nobody", ids[0] ?? ""].map((id) => reads.read(id)));
    // Assess
    assert.deepEqual(together, [...alone, undefined, alone[0]]);
    assert.deepEqual(sent, ["BatchGetItemCommand"]);
  });

  it("are a read like any other where there is only one", async () => {
    // Prepare
    const id = await newRecord();
    // Act
    const record = await reads.read(id);
    // Assess
    assert.equal(record?.version, 1);
    assert.deepEqual(sent, ["GetItemCommand"]);
  });

  it("see what was written before they were asked for, and not what was read for others earlier", async () => {
    // Prepare
    const ids = [await newRecord(), await newRecord()];
    await Promise.all(ids.map((id) => reads.read(id)));
    const PK = text(recordKey(ground.ledger.kind, ids[0] ?? ""));
    await aws().dynamodb.send(new DeleteItemCommand({ TableName: ground.ledger.table, Key: { PK } }));
    // Act
    const [gone, there] = await Promise.all(ids.map((id) => reads.read(id)));
    // Assess
    assert.equal(gone, undefined);
    assert.equal(there?.version, 1);
  });

  it("fail only whoever asked for a record that is none", async () => {
    // Prepare
    const [whole, corrupt] = [await newRecord(), uniqueName("corrupt")];
    const Item = { PK: text(recordKey(ground.ledger.kind, corrupt)), status: text("PENDING") };
    await aws().dynamodb.send(new PutItemCommand({ TableName: ground.ledger.table, Item }));
    // Act
    const results = await Promise.allSettled([reads.read(whole), reads.read(corrupt)]);
    // Assess
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
  });

  it("fail together where the call fails, and the next are made anew", async () => {
    // Prepare
    const ids = [await newRecord(), await newRecord()];
    let calls = 0;
    const client = Object.assign(Object.create(aws().dynamodb), {
      send: (command: object) =>
        calls++ === 0 ? Promise.reject(new Error("down")) : Reflect.apply(aws().dynamodb.send, aws().dynamodb, [command]),
    });
    const failing = new ReadsTogether({ ...ground.ledger, client });
    // Act
    const first = await Promise.allSettled(ids.map((id) => failing.read(id)));
    const second = await Promise.all(ids.map((id) => failing.read(id)));
    // Assess
    assert.deepEqual(
      first.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.deepEqual(
      second.map((record) => record?.version),
      [1, 1],
    );
  });
});
