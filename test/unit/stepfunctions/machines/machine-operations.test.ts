import assert from "node:assert/strict";
import { definition, type Ground, makeGround, PREFIX, ROLE, refused, text } from "./support.ts";

let ground: Ground;
beforeEach(() => {
  ground = makeGround();
});
afterEach(() => ground.close());

describe("CreateStateMachine", () => {
  it("makes a machine that can be described", async () => {
    // Act
    const created = await ground.call("CreateStateMachine", { name: "m", definition: definition(), roleArn: ROLE });
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: created.stateMachineArn ?? null });
    // Assess
    assert.deepEqual(Object.keys(created).sort(), ["creationDate", "stateMachineArn"]);
    assert.deepEqual(described, {
      stateMachineArn: `${PREFIX}m`,
      name: "m",
      status: "ACTIVE",
      type: "STANDARD",
      creationDate: created.creationDate,
      definition: definition(),
      roleArn: ROLE,
      loggingConfiguration: { level: "OFF", includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: "AWS_OWNED_KEY" },
    });
    assert.ok(Math.abs(Number(created.creationDate) - Date.now() / 1000) < 60);
  });

  it("answers a repeated call as the first, whatever its role and tags", async () => {
    const first = await ground.call("CreateStateMachine", { name: "m", definition: definition(), roleArn: ROLE });
    const again = { name: "m", definition: definition(), roleArn: `${ROLE}2`, tags: [{ key: "k", value: "v" }], type: "STANDARD" };
    assert.deepEqual(await ground.call("CreateStateMachine", again), first);
    assert.equal((await ground.call("DescribeStateMachine", { stateMachineArn: `${PREFIX}m` })).roleArn, ROLE);
    assert.deepEqual(await ground.call("ListTagsForResource", { resourceArn: `${PREFIX}m` }), { tags: [] });
  });

  it("refuses a name that is taken by another definition, be it only written otherwise", async () => {
    await ground.create("m");
    const message = `State Machine Already Exists: '${PREFIX}m'`;
    await refused(ground.create("m", { definition: definition("other") }), "StateMachineAlreadyExists", message);
    await refused(ground.create("m", { definition: `${definition()} ` }), "StateMachineAlreadyExists", message);
    await refused(ground.create("m", { tracingConfiguration: { enabled: true } }), "StateMachineAlreadyExists", message);
    await refused(ground.create("m", { publish: true }), "StateMachineAlreadyExists", message);
  });

  it("publishes the first version where asked, once", async () => {
    const input = { name: "m", definition: definition(), roleArn: ROLE, publish: true, versionDescription: "one" };
    const first = await ground.call("CreateStateMachine", input);
    assert.equal(first.stateMachineVersionArn, `${PREFIX}m:1`);
    assert.deepEqual(await ground.call("CreateStateMachine", input), first);
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: `${PREFIX}m:1` });
    assert.deepEqual([described.stateMachineArn, described.description, described.definition], [`${PREFIX}m:1`, "one", definition()]);
  });

  it("refuses a version's description without a version", async () => {
    const call = ground.create("m", { versionDescription: "one" });
    await refused(call, "ValidationException", "Version description can only be set when publish is true");
  });

  it("refuses definitions with mistakes, and says where they are", async () => {
    const states = '{"StartAt":"A"}';
    const message = "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'";
    await refused(ground.create("m", { definition: states }), "InvalidDefinition", message);
    const loop = '{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"X"}}}';
    await refused(
      ground.create("m", { definition: loop }),
      "InvalidDefinition",
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null'",
    );
    assert.deepEqual(await ground.call("ListStateMachines"), { stateMachines: [] });
  });

  it("tells all members that break a rule", async () => {
    await refused(
      ground.call("CreateStateMachine", { definition: "", type: "FAST" }),
      "ValidationException",
      "4 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; " +
        "Value '' at 'definition' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
        "Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]",
    );
  });

  it("refuses a definition over 1 MiB, without repeating all of it", async () => {
    const call = ground.create("m", { definition: " ".repeat(1_048_577) });
    await refused(call, "ValidationException", /^.{4000,5000}length less than or equal to 1048576$/);
  });

  it("refuses names that are too long or hold forbidden characters", async () => {
    await refused(ground.create("m".repeat(81)), "ValidationException", /at 'name' .* length less than or equal to 80$/);
    for (const name of ["a b", "a/b", "a<b>", "a:b", "a\u0001", "a\u0085", "a*", "a^"]) {
      await refused(ground.create(name), "InvalidName", `Invalid Name: '${name}'`);
    }
    for (const name of ["a.b-c_d", "テスト", "a!(b)@c=+'"]) assert.equal(await ground.create(name), PREFIX + name);
  });

  it("refuses a role that cannot be one", async () => {
    await refused(ground.create("m", { roleArn: "role" }), "InvalidArn", "Invalid Role Arn: 'role'");
  });

  it("refuses the type EXPRESS clearly", async () => {
    await refused(ground.create("m", { type: "EXPRESS" }), "StateMachineTypeNotSupported", /does not cover .* EXPRESS/);
  });

  it("refuses of the type EXPRESS what AWS refuses before that", async () => {
    const Task = { Type: "Task", Resource: "arn:aws:states:::sns:publish.waitForTaskToken", Parameters: {}, End: true };
    const text = JSON.stringify({ StartAt: "S", States: { S: Task } });
    const message =
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' service integration  at /States/S/Resource'";
    await refused(ground.create("m", { type: "EXPRESS", definition: text }), "InvalidDefinition", message);
  });

  it("tells an empty list of log destinations back", async () => {
    const arn = await ground.create("m", { loggingConfiguration: { level: "OFF", destinations: [] } });
    const { loggingConfiguration } = await ground.call("DescribeStateMachine", { stateMachineArn: arn });
    assert.deepEqual(loggingConfiguration, { level: "OFF", includeExecutionData: false, destinations: [] });
  });

  it("refuses members of the wrong type", async () => {
    await refused(ground.create("m", { definition: {} }), "SerializationException", /'definition' must be a string/);
    await refused(ground.create("m", { publish: "yes" }), "SerializationException", /'publish' must be a boolean/);
  });

  it("checks how a machine is to log", async () => {
    const group = (logGroupArn: string) => ({ cloudWatchLogsLogGroup: { logGroupArn } });
    const valid = group("arn:aws:logs:us-east-1:000000000000:log-group:g:*");
    const cases: [object, string][] = [
      [{ level: "ALL" }, "Must specify exactly one Log Destination."],
      [{ level: "ALL", destinations: [valid, valid] }, "Must specify exactly one Log Destination."],
      [{ level: "ALL", destinations: [{}] }, "Must set valid CloudWatch Log Group ARN."],
      [{ level: "ALL", destinations: [group("arn:aws:s3:::b")] }, "Provided ARN is not CloudWatch Logs Log Group ARN."],
      [
        { level: "ALL", destinations: [group("arn:aws:logs:us-east-1:000000000000:log-group:g")] },
        "Log Group ARN must be provided with '*' qualifier.",
      ],
    ];
    for (const [loggingConfiguration, problem] of cases) {
      const call = ground.create("m", { loggingConfiguration: JSON.parse(JSON.stringify(loggingConfiguration)) });
      await refused(call, "InvalidLoggingConfiguration", `Invalid Logging Configuration: ${problem}`);
    }
    const arn = await ground.create("m", { loggingConfiguration: { level: "ERROR", destinations: [valid] } });
    const { loggingConfiguration } = await ground.call("DescribeStateMachine", { stateMachineArn: arn });
    assert.deepEqual(loggingConfiguration, { level: "ERROR", includeExecutionData: false, destinations: [valid] });
  });

  it("has no keys to encrypt with", async () => {
    const encryptionConfiguration = { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "k" };
    await refused(ground.create("m", { encryptionConfiguration }), "InvalidEncryptionConfiguration", /has no KMS/);
  });

  it("keeps what it acknowledged over a restart", async () => {
    const arn = await ground.create("m", { publish: true, tags: [{ key: "k", value: "v" }] });
    ground.restart();
    assert.equal((await ground.call("DescribeStateMachine", { stateMachineArn: `${arn}:1` })).definition, definition());
    assert.deepEqual(await ground.call("ListTagsForResource", { resourceArn: arn }), { tags: [{ key: "k", value: "v" }] });
  });
});

describe("DescribeStateMachine", () => {
  it("lists the variables that states read", async () => {
    const states = { A: { Type: "Pass", Assign: { x: 1 }, Next: "B" }, B: { Type: "Pass", InputPath: "$x", End: true } };
    const arn = await ground.create("m", { definition: JSON.stringify({ StartAt: "A", States: states }) });
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: arn });
    assert.deepEqual(described.variableReferences, { B: ["x"] });
  });

  it("refuses what is no machine's ARN, and knows no machine that is not there", async () => {
    const cases: [string, string, string][] = [
      ["not_a_valid_arn", "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"],
      [
        "arn:aws:states:us-east-1:000000000000:execution:m:e",
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: execution'",
      ],
      ["arn:aws:sqs:us-east-1:000000000000:q", "InvalidArn", "Invalid Arn: 'arn:aws:sqs:us-east-1:000000000000:q'"],
      [`${PREFIX}m:1:2`, "InvalidArn", `Invalid Arn: '${PREFIX}m:1:2'`],
      [`${PREFIX}m`, "StateMachineDoesNotExist", `State Machine Does Not Exist: '${PREFIX}m'`],
      [`${PREFIX}m:1`, "StateMachineDoesNotExist", `State Machine Does Not Exist: '${PREFIX}m:1'`],
      [`${PREFIX}m:LIVE`, "StateMachineDoesNotExist", `State Machine Does Not Exist: '${PREFIX}m:LIVE'`],
    ];
    for (const [stateMachineArn, code, message] of cases)
      await refused(ground.call("DescribeStateMachine", { stateMachineArn }), code, message);
  });
});

describe("UpdateStateMachine", () => {
  it("makes a new revision for whatever it changes", async () => {
    // Prepare
    const arn = await ground.create("m");
    // Act
    const first = await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second") });
    const second = await ground.call("UpdateStateMachine", { stateMachineArn: arn, roleArn: `${ROLE}2` });
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: arn });
    // Assess
    assert.match(text(first.revisionId), /^[0-9a-f-]{36}$/);
    assert.notEqual(first.revisionId, second.revisionId);
    assert.deepEqual(
      [described.definition, described.roleArn, described.revisionId],
      [definition("second"), `${ROLE}2`, second.revisionId],
    );
    assert.deepEqual(Object.keys(first).sort(), ["revisionId", "updateDate"]);
  });

  it("keeps the revision where nothing changes", async () => {
    const arn = await ground.create("m");
    const unchanged = { stateMachineArn: arn, definition: definition(), roleArn: ROLE };
    assert.deepEqual(Object.keys(await ground.call("UpdateStateMachine", unchanged)), ["updateDate"]);
    const { revisionId } = await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second") });
    const again = await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second") });
    assert.equal(again.revisionId, revisionId);
  });

  it("publishes each revision once", async () => {
    const arn = await ground.create("m");
    const update = (comment: string) =>
      ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition(comment), publish: true });
    assert.equal((await update("first")).stateMachineVersionArn, `${arn}:1`);
    assert.equal((await update("first")).stateMachineVersionArn, `${arn}:1`);
    assert.equal((await update("second")).stateMachineVersionArn, `${arn}:2`);
  });

  it("changes settings only where they are given", async () => {
    const arn = await ground.create("m", { tracingConfiguration: { enabled: true } });
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, loggingConfiguration: { level: "OFF", includeExecutionData: true } });
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: arn });
    assert.deepEqual(described.tracingConfiguration, { enabled: true });
    assert.deepEqual(described.loggingConfiguration, { level: "OFF", includeExecutionData: true });
  });

  it("refuses a call that changes nothing, a wrong definition and a version", async () => {
    const arn = await ground.create("m", { publish: true });
    await refused(
      ground.call("UpdateStateMachine", { stateMachineArn: arn }),
      "MissingRequiredParameter",
      "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
    );
    await refused(
      ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: "{}" }),
      "InvalidDefinition",
      /^Invalid State Machine Definition: '/,
    );
    await refused(
      ground.call("UpdateStateMachine", { stateMachineArn: `${arn}:1`, definition: definition() }),
      "StateMachineDoesNotExist",
      `State Machine Does Not Exist: '${arn}:1'`,
    );
  });
});

describe("DeleteStateMachine", () => {
  it("removes a machine with all that belongs to it", async () => {
    // Prepare
    const arn = await ground.create("m", { publish: true, tags: [{ key: "k", value: "v" }] });
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
    await ground.call("CreateStateMachineAlias", { name: "LIVE", routingConfiguration });
    // Act
    assert.deepEqual(await ground.call("DeleteStateMachine", { stateMachineArn: arn }), {});
    // Assess
    for (const gone of [arn, `${arn}:1`, `${arn}:LIVE`]) {
      await refused(ground.call("DescribeStateMachine", { stateMachineArn: gone }), "StateMachineDoesNotExist", /Does Not Exist/);
    }
    await ground.create("m");
    assert.deepEqual(await ground.call("ListTagsForResource", { resourceArn: arn }), { tags: [] });
    assert.deepEqual(await ground.call("ListStateMachineVersions", { stateMachineArn: arn }), { stateMachineVersions: [] });
    assert.deepEqual(await ground.call("ListStateMachineAliases", { stateMachineArn: arn }), { stateMachineAliases: [] });
  });

  it("is content where there is nothing to delete", async () => {
    assert.deepEqual(await ground.call("DeleteStateMachine", { stateMachineArn: `${PREFIX}none` }), {});
  });

  it("waits for executions that run, and lets nothing new happen meanwhile", async () => {
    // Prepare
    const arn = await ground.create("m");
    let running = 1;
    ground.machines.setIsAnyRunning(() => running > 0);
    // Act
    await ground.call("DeleteStateMachine", { stateMachineArn: arn });
    await ground.call("DeleteStateMachine", { stateMachineArn: arn });
    // Assess
    assert.equal((await ground.call("DescribeStateMachine", { stateMachineArn: arn })).status, "DELETING");
    assert.equal(ground.machines.resolve(arn).machineArn, arn);
    const deleting = `State Machine is being deleted: '${arn}'`;
    await refused(ground.create("m"), "StateMachineDeleting", deleting);
    await refused(
      ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("x") }),
      "StateMachineDeleting",
      deleting,
    );
    await refused(ground.call("PublishStateMachineVersion", { stateMachineArn: arn }), "StateMachineDeleting", deleting);
    assert.throws(() => ground.machines.resolveToStart(arn), { code: "StateMachineDeleting" });
    await ground.store.write(() => ground.machines.executionsEnded(arn));
    assert.equal((await ground.call("DescribeStateMachine", { stateMachineArn: arn })).status, "DELETING");
    running = 0;
    await ground.store.write(() => ground.machines.executionsEnded(arn));
    await refused(ground.call("DescribeStateMachine", { stateMachineArn: arn }), "StateMachineDoesNotExist", /Does Not Exist/);
  });

  it("does not remove a machine that was not to be deleted when its executions end", async () => {
    const arn = await ground.create("m");
    await ground.store.write(() => ground.machines.executionsEnded(arn));
    assert.equal((await ground.call("DescribeStateMachine", { stateMachineArn: arn })).status, "ACTIVE");
  });
});

describe("ListStateMachines", () => {
  it("lists by name, page by page", async () => {
    // Prepare
    for (const name of ["m_10_x", "m_1_x", "m_0_x", "m_2_x", "m_11_x"]) await ground.create(name);
    // Act
    const first = await ground.call("ListStateMachines", { maxResults: 3 });
    const second = await ground.call("ListStateMachines", { maxResults: 3, nextToken: first.nextToken ?? null });
    // Assess
    assert.deepEqual([...names(first), ...names(second)], ["m_0_x", "m_10_x", "m_11_x", "m_1_x", "m_2_x"]);
    assert.equal(second.nextToken, undefined);
  });

  it("has no next page where the last one is full", async () => {
    await ground.create("a");
    assert.equal((await ground.call("ListStateMachines", { maxResults: 1 })).nextToken, undefined);
  });

  it("gives 100 machines where no number or 0 is asked for", async () => {
    await Promise.all(Array.from({ length: 101 }, (_, i) => ground.create(`m${i}`)));
    assert.equal(names(await ground.call("ListStateMachines", { maxResults: 0 })).length, 100);
    assert.equal(names(await ground.call("ListStateMachines", { maxResults: 1000 })).length, 101);
  });

  it("lists the machines of the caller's region", async () => {
    await ground.create("here");
    const list = ground.machines.operations.get("ListStateMachines");
    const signal = new AbortController().signal;
    const call = { operation: "ListStateMachines", input: {}, region: "eu-west-1", requestId: "r", origin: "", signal };
    assert.deepEqual(await list?.(call), { stateMachines: [] });
  });

  it("refuses page sizes and tokens that are none", async () => {
    const failed =
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000";
    await refused(ground.call("ListStateMachines", { maxResults: 1001 }), "ValidationException", failed);
    await refused(ground.call("ListStateMachines", { maxResults: -1 }), "ValidationException", /greater than or equal to 0$/);
    await refused(
      ground.call("ListStateMachines", { nextToken: "x".repeat(1025) }),
      "ValidationException",
      /at 'nextToken' .* less than or equal to 1024$/,
    );
    for (const nextToken of ["x", "W10", Buffer.from('["versions",1]').toString("base64url")]) {
      await refused(ground.call("ListStateMachines", { nextToken }), "InvalidToken", "Invalid Token: 'Invalid token'");
    }
  });
});

function names(answer: Record<string, unknown>): string[] {
  assert.ok(Array.isArray(answer.stateMachines));
  return answer.stateMachines.map(({ name }) => String(name));
}
