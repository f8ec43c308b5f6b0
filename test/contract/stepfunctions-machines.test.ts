import assert from "node:assert/strict";
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineAliasesCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  PublishStateMachineVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { aws, eventually, executionRole, uniqueName } from "./support/endpoint.ts";

function definition(comment = "first"): string {
  return JSON.stringify({ Comment: comment, StartAt: "Done", States: { Done: { Type: "Succeed" } } });
}

const made: string[] = [];

async function create(more: Partial<CreateStateMachineCommandInput> = {}): Promise<string> {
  const input = { name: uniqueName("machine"), definition: definition(), roleArn: await executionRole(), ...more };
  const { stateMachineArn = "" } = await aws().sfn.send(new CreateStateMachineCommand(input));
  made.push(stateMachineArn);
  return stateMachineArn;
}

function describeMachine(stateMachineArn: string) {
  return aws().sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
}

function update(stateMachineArn: string, comment: string) {
  return aws().sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: definition(comment) }));
}

/** A machine with `count` versions, whose definitions say their numbers. */
async function withVersions(count: number): Promise<string> {
  const arn = await create();
  for (let version = 1; version <= count; version++) {
    await update(arn, `version ${version}`);
    await aws().sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn: arn }));
  }
  return arn;
}

describe("State machines", () => {
  afterEach(async () => {
    for (const stateMachineArn of made.splice(0)) await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  });

  it("are described as they were created", async () => {
    const name = uniqueName("machine");
    const roleArn = await executionRole();
    const arn = await create({ name });
    const described = await describeMachine(arn);
    assert.match(arn, new RegExp(`^arn:aws:states:us-east-1:\\d{12}:stateMachine:${name}$`));
    assert.deepEqual(
      [described.name, described.definition, described.roleArn, described.status, described.type],
      [name, definition(), roleArn, "ACTIVE", "STANDARD"],
    );
    assert.deepEqual(described.loggingConfiguration, { level: "OFF", includeExecutionData: false });
    assert.ok(described.creationDate instanceof Date);
    assert.equal(described.revisionId, undefined);
  });

  it("are created once, however often the same call comes", async () => {
    const name = uniqueName("machine");
    const arn = await create({ name });
    assert.equal(await create({ name }), arn);
    await assert.rejects(create({ name, definition: definition("other") }), {
      name: "StateMachineAlreadyExists",
      message: `State Machine Already Exists: '${arn}'`,
    });
  });

  it("are refused with a definition that has mistakes", async () => {
    await assert.rejects(create({ definition: '{"StartAt":"A"}' }), { name: "InvalidDefinition" });
    await assert.rejects(create({ definition: "no definition" }), { name: "InvalidDefinition" });
  });

  it("get a revision with every change, and keep it where nothing changes", async () => {
    const arn = await create();
    const first = await update(arn, "second");
    const again = await update(arn, "second");
    const described = await describeMachine(arn);
    assert.equal(again.revisionId, first.revisionId);
    assert.deepEqual([described.definition, described.revisionId], [definition("second"), first.revisionId]);
    assert.ok(first.updateDate instanceof Date);
    await assert.rejects(aws().sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn })), { name: "MissingRequiredParameter" });
  });

  it("are gone when they are deleted, which may be done twice", async () => {
    const arn = await create();
    for (let i = 0; i < 2; i++) await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    await eventually(() =>
      assert.rejects(describeMachine(arn), { name: "StateMachineDoesNotExist", message: `State Machine Does Not Exist: '${arn}'` }),
    );
  });

  it("are listed page by page", async () => {
    const arns = [await create(), await create(), await create()];
    const listed: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await aws().sfn.send(new ListStateMachinesCommand({ maxResults: 2, nextToken }));
      assert.ok((page.stateMachines?.length ?? 0) <= 2);
      listed.push(...(page.stateMachines ?? []).map(({ stateMachineArn = "" }) => stateMachineArn));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    assert.deepEqual(new Set(listed.filter((arn) => arns.includes(arn))), new Set(arns));
    assert.equal(new Set(listed).size, listed.length);
  });

  it("have tags", async () => {
    const arn = await create({ tags: [{ key: "a", value: "1" }] });
    await aws().sfn.send(
      new TagResourceCommand({
        resourceArn: arn,
        tags: [
          { key: "a", value: "2" },
          { key: "b", value: "" },
        ],
      }),
    );
    await aws().sfn.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ["a"] }));
    const { tags } = await aws().sfn.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    assert.deepEqual(tags, [{ key: "b", value: "" }]);
  });

  it("are validated without being created", async () => {
    const validate = (text: string) => aws().sfn.send(new ValidateStateMachineDefinitionCommand({ definition: text }));
    const good = await validate(definition());
    const bad = await validate('{"States":{}}');
    assert.deepEqual([good.result, good.diagnostics], ["OK", []]);
    assert.equal(bad.result, "FAIL");
    assert.deepEqual([bad.diagnostics?.[0]?.severity, bad.diagnostics?.[0]?.code], ["ERROR", "SCHEMA_VALIDATION_FAILED"]);
  });
});

describe("Versions of state machines", () => {
  afterEach(async () => {
    for (const stateMachineArn of made.splice(0)) await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  });

  it("keep their definitions and are listed from the newest on", async () => {
    const arn = await withVersions(3);
    const { stateMachineVersions = [] } = await aws().sfn.send(new ListStateMachineVersionsCommand({ stateMachineArn: arn }));
    assert.deepEqual(
      stateMachineVersions.map(({ stateMachineVersionArn }) => stateMachineVersionArn),
      [`${arn}:3`, `${arn}:2`, `${arn}:1`],
    );
    assert.equal((await describeMachine(`${arn}:2`)).definition, definition("version 2"));
  });

  it("are published once for a revision, and only for the one asked for", async () => {
    const arn = await create();
    const { revisionId } = await update(arn, "second");
    const publish = (wanted?: string) =>
      aws().sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn: arn, revisionId: wanted }));
    const first = await publish(revisionId);
    assert.equal((await publish()).stateMachineVersionArn, first.stateMachineVersionArn);
    await update(arn, "third");
    await assert.rejects(publish(revisionId), { name: "ConflictException" });
  });

  it("are not deleted under an alias", async () => {
    const arn = await withVersions(2);
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
    await aws().sfn.send(new CreateStateMachineAliasCommand({ name: "LIVE", routingConfiguration }));
    const remove = (version: number) =>
      aws().sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${arn}:${version}` }));
    await assert.rejects(remove(1), { name: "ConflictException" });
    await remove(2);
    await assert.rejects(describeMachine(`${arn}:2`), { name: "StateMachineDoesNotExist" });
  });
});

describe("Aliases of state machines", () => {
  afterEach(async () => {
    for (const stateMachineArn of made.splice(0)) await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  });

  it("are made, changed, listed and deleted", async () => {
    const arn = await withVersions(2);
    const stateMachineAliasArn = `${arn}:LIVE`;
    const route = (version: number, weight: number) => ({ stateMachineVersionArn: `${arn}:${version}`, weight });
    const created = await aws().sfn.send(new CreateStateMachineAliasCommand({ name: "LIVE", routingConfiguration: [route(1, 100)] }));
    assert.equal(created.stateMachineAliasArn, stateMachineAliasArn);
    const routingConfiguration = [route(1, 60), route(2, 40)];
    await aws().sfn.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration, description: "d" }));
    const described = await aws().sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
    assert.deepEqual([described.name, described.description, described.routingConfiguration], ["LIVE", "d", routingConfiguration]);
    const list = () => aws().sfn.send(new ListStateMachineAliasesCommand({ stateMachineArn: arn }));
    assert.deepEqual(
      (await list()).stateMachineAliases?.map((alias) => alias.stateMachineAliasArn),
      [stateMachineAliasArn],
    );
    await aws().sfn.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
    assert.deepEqual((await list()).stateMachineAliases, []);
  });

  it("share out all executions among versions", async () => {
    const arn = await withVersions(2);
    const make = (...weights: number[]) => {
      const routingConfiguration = weights.map((weight, index) => ({ stateMachineVersionArn: `${arn}:${index + 1}`, weight }));
      return aws().sfn.send(new CreateStateMachineAliasCommand({ name: "LIVE", routingConfiguration }));
    };
    await assert.rejects(make(70, 31), {
      name: "ValidationException",
      message: "Sum of routing configuration weights must equal 100. Received: [70, 31]",
    });
    await assert.rejects(make(101), { name: "ValidationException" });
  });
});
