import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, GetQueueUrlCommand, ListQueuesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { readSettings } from "../../config/settings.ts";
import { outputsFile, readStackOutputs } from "../../pulumi/apply/outputs-file.ts";
import { type Applied, apply, type SmallProgram } from "./support/apply-program.ts";
import { aws, endpointUrl, uniqueName } from "./support/endpoint.ts";

describe("The in-process apply", function () {
  this.timeout(120_000);
  let directory: string;
  let program: SmallProgram;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-apply-"));
    program = { prefix: uniqueName("apply"), indexes: ["one"] };
  });

  afterEach("nothing is left on the endpoint", async () => {
    await run("down", program);
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (command: "up" | "preview" | "down", what: SmallProgram) => apply(command, what, endpointUrl(), directory);

  async function succeed(command: "up" | "preview" | "down", what: SmallProgram): Promise<string> {
    const { status, said } = await run(command, what);
    assert.equal(status, 0, said);
    return said;
  }

  const settings = () => readSettings({ AWS_ENDPOINT_URL: endpointUrl(), MILEPOST_DIR: directory });
  const outputs = () => readStackOutputs(settings()) ?? {};

  async function queueNames(): Promise<string[]> {
    const { QueueUrls = [] } = await aws().sqs.send(new ListQueuesCommand({ QueueNamePrefix: program.prefix }));
    return QueueUrls.map((url) => url.split("/").at(-1) ?? "").sort();
  }

  async function visibility(): Promise<string | undefined> {
    const { QueueUrl } = await aws().sqs.send(new GetQueueUrlCommand({ QueueName: `${program.prefix}-queue` }));
    const { Attributes } = await aws().sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["VisibilityTimeout"] }));
    return Attributes?.VisibilityTimeout;
  }

  async function indexNames(): Promise<string[]> {
    const { Table } = await aws().dynamodb.send(new DescribeTableCommand({ TableName: `${program.prefix}-table` }));
    return (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName = "" }) => IndexName).sort();
  }

  it("makes everything, says so, and writes the outputs for their owner alone", async () => {
    const said = await succeed("up", program);
    assert.match(said, /^\+ aws:sqs\/queue:Queue queue create$/m);
    assert.match(said, /^Resources: 5 created, 0 unchanged$/m);
    await aws().sfn.send(new DescribeStateMachineCommand({ stateMachineArn: String(outputs().machine_arn) }));
    assert.equal(outputs().table, `${program.prefix}-table`);
    assert.equal(statSync(outputsFile(settings())).mode & 0o777, 0o600);
  });

  it("changes nothing the second time", async () => {
    await succeed("up", program);
    const said = await succeed("up", program);
    assert.doesNotMatch(said, /^[+~-] /m);
    assert.match(said, /^Resources: 5 unchanged$/m);
  });

  it("shows in a preview what it would do, and does nothing", async () => {
    assert.match(await succeed("preview", program), /^Resources: 5 to create, 0 unchanged$/m);
    assert.deepEqual(await queueNames(), []);
    await succeed("up", program);
    assert.match(await succeed("preview", { ...program, visibility: 60 }), /^Resources: 1 to update, 4 unchanged$/m);
    assert.equal(await visibility(), "30");
    assert.deepEqual(Object.keys(outputs()).sort(), ["machine_arn", "queue_url", "table"]);
  });

  it("changes an attribute in place", async () => {
    await succeed("up", program);
    const said = await succeed("up", { ...program, visibility: 60 });
    assert.match(said, /^~ aws:sqs\/queue:Queue queue update \[diff: ~visibilityTimeoutSeconds: 30 => 60\]$/m);
    assert.match(said, /^Resources: 1 updated, 4 unchanged$/m);
    assert.equal(await visibility(), "60");
  });

  it("puts right what was changed by hand", async () => {
    await succeed("up", program);
    const attributes = { QueueUrl: String(outputs().queue_url), Attributes: { VisibilityTimeout: "7" } };
    await aws().sqs.send(new SetQueueAttributesCommand(attributes));
    assert.match(await succeed("up", program), /~visibilityTimeoutSeconds: 7 => 30/);
    assert.equal(await visibility(), "30");
  });

  it("drops and makes a table's indexes, as many as there are", async () => {
    await succeed("up", program);
    await succeed("up", { ...program, indexes: ["two", "three"] });
    assert.deepEqual(await indexNames(), ["by-three", "by-two"]);
  });

  it("removes what the program no longer has, after everything else", async () => {
    await succeed("up", { ...program, hasExtra: true });
    assert.deepEqual(await queueNames(), [`${program.prefix}-extra`, `${program.prefix}-queue`]);
    const said = await succeed("up", { ...program, visibility: 60 });
    assert.ok(said.indexOf("~ aws:sqs/queue:Queue queue update") < said.indexOf("- aws:sqs/queue:Queue extra delete"), said);
    assert.deepEqual(await queueNames(), [`${program.prefix}-queue`]);
  });

  it("deletes nothing where something fails, names it and its reason, and goes on from there", async () => {
    // Prepare
    await succeed("up", { ...program, hasExtra: true });
    const before = outputs();
    // Act
    const { status, said } = await run("up", { ...program, indexes: ["one", "broken"] });
    // Assess
    assert.equal(status, 1);
    assert.match(said, /^error: aws:dynamodb\/table:Table table: ValidationException: /m);
    assert.match(said, /Nothing was deleted/);
    assert.deepEqual(await queueNames(), [`${program.prefix}-extra`, `${program.prefix}-queue`]);
    assert.deepEqual(outputs(), before);
    assert.match(await succeed("up", program), /^- aws:sqs\/queue:Queue extra delete$/m);
  });

  describe("with a bucket", () => {
    const Bucket = () => `${program.prefix}-bucket`;
    const tags = async () => {
      const { TagSet = [] } = await aws().s3.send(new GetBucketTaggingCommand({ Bucket: Bucket() }));
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    };

    beforeEach(() => {
      program = { ...program, hasBucket: true };
    });

    it("makes it under the very name it is given, tags it, and changes nothing the second time", async () => {
      assert.match(await succeed("up", program), /^\+ aws:s3\/bucket:Bucket .*-bucket create$/m);
      assert.deepEqual(await tags(), { project: "small", stack: "local" });
      assert.match(await succeed("up", program), /^Resources: 6 unchanged$/m);
    });

    it("takes over one of its name, and puts right what was changed by hand", async () => {
      // Prepare
      await aws().s3.send(new CreateBucketCommand({ Bucket: Bucket() }));
      const Tagging = { TagSet: [{ Key: "stack", Value: "another" }] };
      await aws().s3.send(new PutBucketTaggingCommand({ Bucket: Bucket(), Tagging }));
      // Act
      const said = await succeed("up", program);
      // Assess
      assert.match(said, /~tags\.stack: "another" => "local"/);
      assert.deepEqual(await tags(), { project: "small", stack: "local" });
    });

    it("removes it when it is empty, and refuses in one sentence while it is not", async () => {
      // Prepare
      await succeed("up", program);
      const object = { Bucket: Bucket(), Key: "invoices/1.json" };
      await aws().s3.send(new PutObjectCommand({ ...object, Body: "{}" }));
      // Act
      const { status, said } = await run("down", program);
      // Assess
      assert.equal(status, 1);
      assert.match(
        said,
        /^error: aws:s3\/bucket:Bucket .*: the bucket .* is not empty, and nothing is emptied here, .*: empty it first\.$/m,
      );
      await aws().s3.send(new DeleteObjectCommand(object));
      await succeed("down", program);
      await assert.rejects(aws().s3.send(new HeadBucketCommand({ Bucket: Bucket() })), { name: "NotFound" });
    });
  });

  it("refuses a type of resource that it does not know, by its name", async () => {
    const { status, said } = await run("up", { ...program, hasStranger: true });
    assert.equal(status, 1);
    assert.match(said, /^error: aws:sns\/topic:Topic stranger: the in-process apply does not know this type/m);
  });

  it("refuses an option that it does not have, instead of leaving it out", async () => {
    const { status, said } = await run("up", { ...program, isProtected: true });
    assert.equal(status, 1);
    assert.match(said, /^error: aws:sqs\/queue:Queue queue: the in-process apply has no protect; the Pulumi CLI has\.$/m);
  });

  for (const [throws, what] of [
    ["at once", /^error: It threw at once\.$/m],
    ["in an apply", /^error: It threw in an apply\.$/m],
    ["in a lookup", /^error: aws:index\/getCallerIdentity:getCallerIdentity: the in-process apply looks nothing up/m],
  ] as const) {
    it(`says in one line what the program throws ${throws}`, async () => {
      const { status, said } = await run("up", { ...program, throws });
      assert.equal(status, 1);
      assert.match(said, what);
      assert.doesNotMatch(said, /^\s+at /m);
    });
  }

  it("goes on where a killed run stopped, wherever that was", async () => {
    for (const killAfter of [1, 2, 3, 4, 5]) {
      const killed: Applied = await run("up", { ...program, hasExtra: true, killAfter });
      assert.equal(killed.signal, "SIGKILL", killed.said);
      await succeed("up", program);
      assert.match(await succeed("up", program), /^Resources: 5 unchanged$/m);
      await succeed("down", program);
      assert.deepEqual(await queueNames(), [], `after ${killAfter} lines`);
    }
  });

  it("takes all down in the reverse order, also where a run of it was killed, and is content where nothing is", async () => {
    await succeed("up", program);
    const killed = await run("down", { ...program, killAfter: 2 });
    assert.equal(killed.signal, "SIGKILL");
    const said = `${killed.said}${await succeed("down", program)}`;
    assert.ok(said.indexOf("StateMachine machine delete") < said.indexOf("Queue queue delete"), said);
    assert.ok(said.indexOf("RolePolicy policy delete") < said.indexOf("Role role delete"), said);
    assert.deepEqual(await queueNames(), []);
    await assert.rejects(aws().iam.send(new GetRoleCommand({ RoleName: `${program.prefix}-role` })), { name: /NoSuchEntity/ });
    assert.equal(readStackOutputs(settings()), undefined);
    assert.match(await succeed("down", program), /^Resources: 0 unchanged$/m);
  });
});
