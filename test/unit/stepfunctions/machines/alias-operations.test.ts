import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { definition, type Ground, makeGround, PREFIX, refused, text } from "./support.ts";

let ground: Ground;
let arn: string;
beforeEach(async () => {
  ground = makeGround();
  arn = await ground.create("m", { publish: true });
  for (const comment of ["second", "third"]) {
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition(comment), publish: true });
  }
});
afterEach(() => ground.close());

type Routes = [version: string | number, weight: number][];

function routing(routes: Routes): JsonObject {
  return {
    routingConfiguration: routes.map(([version, weight]) => ({
      stateMachineVersionArn: typeof version === "number" ? `${arn}:${version}` : version,
      weight,
    })),
  };
}

function create(name: string, routes: Routes = [[1, 100]], more: JsonObject = {}): Promise<JsonObject> {
  return ground.call("CreateStateMachineAlias", { name, ...routing(routes), ...more });
}

async function aliases(stateMachineArn: string, more: JsonObject = {}): Promise<string[]> {
  const answer = await ground.call("ListStateMachineAliases", { stateMachineArn, ...more });
  assert.ok(Array.isArray(answer.stateMachineAliases));
  return answer.stateMachineAliases.map((alias) => text((alias as JsonObject).stateMachineAliasArn).slice(arn.length));
}

describe("CreateStateMachineAlias", () => {
  it("makes an alias that can be described", async () => {
    // Act
    const created = await create(
      "LIVE",
      [
        [1, 70],
        [2, 30],
      ],
      { description: "d" },
    );
    const described = await ground.call("DescribeStateMachineAlias", { stateMachineAliasArn: `${arn}:LIVE` });
    // Assess
    assert.equal(created.stateMachineAliasArn, `${arn}:LIVE`);
    assert.deepEqual(described, {
      stateMachineAliasArn: `${arn}:LIVE`,
      name: "LIVE",
      description: "d",
      routingConfiguration: [
        { stateMachineVersionArn: `${arn}:1`, weight: 70 },
        { stateMachineVersionArn: `${arn}:2`, weight: 30 },
      ],
      creationDate: created.creationDate,
      updateDate: created.creationDate,
    });
  });

  it("answers a repeated call as the first, and refuses one that differs", async () => {
    const first = await create("LIVE", [[1, 100]], { description: "d" });
    const message = "Failed to create alias because an alias with the same name and a different routing configuration already exists.";
    assert.deepEqual(await create("LIVE", [[1, 100]], { description: "d" }), first);
    await refused(create("LIVE", [[1, 100]], { description: "e" }), "ConflictException", message);
    await refused(create("LIVE", [[2, 100]], { description: "d" }), "ConflictException", message);
  });

  it("refuses names that could be versions or hold other characters", async () => {
    const pattern = String.raw`^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`;
    for (const name of ["123", "INVALID ALIAS", "!INVALID", "ALIAS@"]) {
      const message = `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`;
      await refused(create(name), "ValidationException", message);
    }
    await refused(create("A".repeat(81)), "ValidationException", /at 'name' .* length less than or equal to 80$/);
  });

  it("refuses routes that do not share out all executions among versions", async () => {
    const item = (version: number, weight: number) =>
      `RoutingConfigurationListItem(stateMachineVersionArn=${arn}:${version}, weight=${weight})`;
    const cases: [Routes, string][] = [
      [
        [
          [1, 50],
          [2, 30],
          [3, 20],
        ],
        `1 validation error detected: Value '[${item(1, 50)}, ${item(2, 30)}, ${item(3, 20)}]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2`,
      ],
      [
        [[1, 101]],
        "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
      ],
      [
        [
          [1, 50],
          [1, 50],
        ],
        `Routing configuration must contain distinct state machine version ARNs. Received: [${arn}:1, ${arn}:1]`,
      ],
      [
        [
          [1, 70],
          [2, 29],
        ],
        "Sum of routing configuration weights must equal 100. Received: [70, 29]",
      ],
      [
        [
          [1, 70],
          [2, 31],
        ],
        "Sum of routing configuration weights must equal 100. Received: [70, 31]",
      ],
      [[[arn, 100]], `Routing configuration must contain state machine version ARNs. Received: [${arn}]`],
      [
        [
          [arn, 50],
          [2, 50],
        ],
        `Routing configuration must contain state machine version ARNs. Received: [${arn}, ${arn}:2]`,
      ],
      [
        [
          [`${PREFIX}o:1`, 50],
          [2, 50],
        ],
        `Routing configuration must contain versions of one state machine. Received: [${PREFIX}o:1, ${arn}:2]`,
      ],
    ];
    for (const [routes, message] of cases) await refused(create("LIVE", routes), "ValidationException", message);
    await refused(create("LIVE", []), "ValidationException", /at 'routingConfiguration' .* length greater than or equal to 1$/);
    await refused(create("LIVE", [[9, 100]]), "ResourceNotFound", "Request references a resource that does not exist.");
  });
});

describe("UpdateStateMachineAlias", () => {
  const update = (more: JsonObject) => ground.call("UpdateStateMachineAlias", { stateMachineAliasArn: `${arn}:LIVE`, ...more });

  it("changes what is given", async () => {
    await create("LIVE", [[1, 100]], { description: "d" });
    assert.deepEqual(Object.keys(await update(routing([[2, 100]]))), ["updateDate"]);
    await update({ description: "e" });
    const described = await ground.call("DescribeStateMachineAlias", { stateMachineAliasArn: `${arn}:LIVE` });
    assert.equal(described.description, "e");
    assert.deepEqual(described.routingConfiguration, [{ stateMachineVersionArn: `${arn}:2`, weight: 100 }]);
  });

  it("refuses to change nothing, or what is not there", async () => {
    await refused(update({}), "ValidationException", "Either the description or the RoutingConfiguration must be specified");
    await refused(update({ description: "d" }), "ResourceNotFound", "Request references a resource that does not exist.");
  });

  it("stays with its machine", async () => {
    await create("LIVE");
    const other = await ground.create("other", { publish: true });
    await refused(update(routing([[`${other}:1`, 100]])), "ValidationException", /the state machine that the alias belongs to/);
  });
});

describe("DeleteStateMachineAlias", () => {
  it("removes an alias, and is content where there is none", async () => {
    await create("LIVE");
    for (let i = 0; i < 2; i++) assert.deepEqual(await ground.call("DeleteStateMachineAlias", { stateMachineAliasArn: `${arn}:LIVE` }), {});
    await refused(ground.call("DescribeStateMachineAlias", { stateMachineAliasArn: `${arn}:LIVE` }), "ResourceNotFound", /does not exist/);
  });

  it("deletes aliases only", async () => {
    await refused(ground.call("DeleteStateMachineAlias", { stateMachineAliasArn: `${arn}:1` }), "InvalidArn", `Invalid Arn: '${arn}:1'`);
  });
});

describe("ListStateMachineAliases", () => {
  it("lists in the order they were made, page by page", async () => {
    // Prepare
    for (const name of ["C", "A", "B"]) await create(name);
    // Act
    const first = await ground.call("ListStateMachineAliases", { stateMachineArn: arn, maxResults: 1 });
    // Assess
    assert.deepEqual(await aliases(arn), [":C", ":A", ":B"]);
    assert.deepEqual(await aliases(arn, { maxResults: 1 }), [":C"]);
    assert.deepEqual(await aliases(arn, { nextToken: first.nextToken ?? null }), [":A", ":B"]);
  });

  it("lists the aliases of a version", async () => {
    await create("A", [[1, 100]]);
    await create("B", [[2, 100]]);
    assert.deepEqual(await aliases(`${arn}:2`), [":B"]);
  });

  it("refuses tokens that are none", async () => {
    await refused(aliases(arn, { nextToken: "x" }), "InvalidToken", "Invalid Token: 'Invalid token'");
  });
});
