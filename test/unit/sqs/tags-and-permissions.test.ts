import assert from "node:assert/strict";
import { arnOf, refuses, TestSqs } from "./harness.ts";

describe("Tags of queues", () => {
  it("are added, replaced, removed and listed", async () => {
    const sqs = new TestSqs();
    const url = await sqs.queue("orders");
    const tags = () => sqs.call("ListQueueTags", { QueueUrl: url });
    assert.deepEqual(await tags(), {});
    await sqs.call("TagQueue", { QueueUrl: url, Tags: { tag1: "value1", tag2: "old", tag3: "" } });
    await sqs.call("TagQueue", { QueueUrl: url, Tags: { tag2: "value2" } });
    assert.deepEqual(await tags(), { Tags: { tag1: "value1", tag2: "value2", tag3: "" } });
    await sqs.call("UntagQueue", { QueueUrl: url, TagKeys: ["tag1", "tag3", "never"] });
    assert.deepEqual(await tags(), { Tags: { tag2: "value2" } });
    await refuses(sqs.call("TagQueue", { QueueUrl: url }), "MissingParameter", /Tags/);
    await refuses(sqs.call("TagQueue", { QueueUrl: url, Tags: { a: 1 } }), "MalformedInput");
    sqs.close();
  });
});

describe("AddPermission and RemovePermission", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  const add = (label: string, accounts: string[], actions: string[]) =>
    sqs.call("AddPermission", { QueueUrl: url, Label: label, AWSAccountIds: accounts, Actions: actions });
  const remove = (label: string) => sqs.call("RemovePermission", { QueueUrl: url, Label: label });
  const policy = async () => (await sqs.attributes(url, ["Policy"])).Policy;
  const statement = (label: string, principal: unknown, action: unknown) => ({
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: action,
    Resource: arnOf("orders"),
  });

  it("write the queue's policy as AWS does", async () => {
    await add("first", ["111111111111", "222222222222"], ["ReceiveMessage"]);
    await add("second", ["111111111111"], ["SendMessage", "*"]);
    const both = ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"];
    assert.deepEqual(JSON.parse(String(await policy())), {
      Version: "2008-10-17",
      Id: `${arnOf("orders")}/SQSDefaultPolicy`,
      Statement: [
        statement("first", both, "SQS:ReceiveMessage"),
        statement("second", "arn:aws:iam::111111111111:root", ["SQS:SendMessage", "SQS:*"]),
      ],
    });
    await remove("first");
    await remove("second");
    assert.equal(await policy(), undefined);
  });

  it("add to a policy that is there already", async () => {
    const own = { Version: "2012-10-17", Statement: { Sid: "own", Effect: "Deny", Principal: "*", Action: "*", Resource: "*" } };
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { Policy: JSON.stringify(own) } });
    await add("more", ["111111111111"], ["SendMessage"]);
    const { Version: version, Statement: statements } = JSON.parse(String(await policy()));
    assert.equal(version, "2012-10-17");
    assert.deepEqual(statements[0], own.Statement);
    assert.equal(statements.length, 2);
  });

  it("refuse a label that exists, one that does not, and actions there are not", async () => {
    await add("label", ["111111111111"], ["ReceiveMessage"]);
    const again = await refuses(add("label", ["222222222222"], ["ReceiveMessage"]), "InvalidParameterValue");
    assert.equal(again.message, "Value label for parameter Label is invalid. Reason: Already exists.");
    const missing = await refuses(remove("none"), "InvalidParameterValue");
    assert.equal(missing.message, "Value none for parameter Label is invalid. Reason: can't find label.");
    await refuses(add("new", ["111111111111"], ["Fly"]), "InvalidParameterValue", /^Value SQS:Fly for parameter ActionName is invalid/);
    await refuses(add("new", [], ["SendMessage"]), "MissingParameter");
    await refuses(add("new", ["111111111111"], []), "MissingParameter");
  });
});
