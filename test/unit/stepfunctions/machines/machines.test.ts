import assert from "node:assert/strict";
import { definition, type Ground, makeGround, ROLE, text } from "./support.ts";

let ground: Ground;
let random = 0;
beforeEach(() => {
  ground = makeGround(() => random);
});
afterEach(() => ground.close());

describe("Machines.resolve", () => {
  it("gives what an execution needs, for a machine and its versions", async () => {
    // Prepare
    const arn = await ground.create("m", { publish: true });
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second"), roleArn: `${ROLE}2` });
    // Act
    const now = ground.machines.resolve(arn);
    const version = ground.machines.resolve(`${arn}:1`);
    // Assess
    const common = { machineArn: arn, name: "m", aliasArn: undefined };
    assert.deepEqual(now, { ...common, roleArn: `${ROLE}2`, definitionId: now.definitionId, versionArn: undefined });
    assert.deepEqual(version, { ...common, roleArn: ROLE, definitionId: version.definitionId, versionArn: `${arn}:1` });
    assert.equal(ground.machines.program(now.definitionId).comment, "second");
    assert.equal(ground.machines.program(version.definitionId).comment, "first");
  });

  it("lets an alias choose by its weights", async () => {
    // Prepare
    const arn = await ground.create("m", { publish: true });
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second"), publish: true });
    const routingConfiguration = [
      { stateMachineVersionArn: `${arn}:1`, weight: 70 },
      { stateMachineVersionArn: `${arn}:2`, weight: 30 },
    ];
    await ground.call("CreateStateMachineAlias", { name: "LIVE", routingConfiguration });
    // Act
    const chosen = [0, 0.699, 0.7, 0.999].map((number) => {
      random = number;
      const { versionArn, aliasArn } = ground.machines.resolve(`${arn}:LIVE`);
      assert.equal(aliasArn, `${arn}:LIVE`);
      return versionArn;
    });
    // Assess
    assert.deepEqual(chosen, [`${arn}:1`, `${arn}:1`, `${arn}:2`, `${arn}:2`]);
  });

  it("never chooses a version with the weight 0", async () => {
    const arn = await ground.create("m", { publish: true });
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second"), publish: true });
    const routingConfiguration = [
      { stateMachineVersionArn: `${arn}:1`, weight: 0 },
      { stateMachineVersionArn: `${arn}:2`, weight: 100 },
    ];
    await ground.call("CreateStateMachineAlias", { name: "LIVE", routingConfiguration });
    random = 0;
    assert.equal(ground.machines.resolve(`${arn}:LIVE`).versionArn, `${arn}:2`);
  });
});

describe("A definition", () => {
  it("stays what it was when its machine changes or goes", async () => {
    // Prepare
    const arn = await ground.create("m");
    const { definitionId } = ground.machines.resolve(arn);
    // Act
    await ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition("second") });
    await ground.call("DeleteStateMachine", { stateMachineArn: arn });
    ground.restart();
    const described = ground.machines.describeForExecution(arn, definitionId);
    // Assess
    assert.equal(ground.machines.program(definitionId).comment, "first");
    assert.equal(ground.machines.describeDefinition(definitionId).text, definition());
    assert.equal(ground.machines.roleOf(definitionId), ROLE);
    assert.deepEqual(described, {
      stateMachineArn: arn,
      name: "m",
      updateDate: described.updateDate,
      definition: definition(),
      roleArn: ROLE,
      loggingConfiguration: { level: "OFF", includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: "AWS_OWNED_KEY" },
    });
  });

  it("is parsed once", async () => {
    const { definitionId } = ground.machines.resolve(await ground.create("m"));
    assert.equal(ground.machines.program(definitionId), ground.machines.program(definitionId));
  });

  it("of a write that was taken back is forgotten, and its id may mean another", async () => {
    // Prepare
    await ground.create("m");
    let taken = 0;
    // Act: a machine is made and its program read inside a write that then fails.
    const failing = ground.store.write(() => {
      void ground.call("CreateStateMachine", { name: "lost", definition: definition("lost"), roleArn: ROLE });
      taken = ground.machines.resolve("arn:aws:states:us-east-1:000000000000:stateMachine:lost").definitionId;
      assert.equal(ground.machines.program(taken).comment, "lost");
      throw new Error("taken back");
    });
    await assert.rejects(failing, /taken back/);
    const { definitionId } = ground.machines.resolve(await ground.create("kept", { definition: definition("kept") }));
    // Assess
    assert.equal(definitionId, taken);
    assert.equal(ground.machines.program(definitionId).comment, "kept");
  });
});

describe("Many machines", () => {
  it("are created at once without being in each other's way", async () => {
    const arns = await Promise.all(Array.from({ length: 50 }, (_, i) => ground.create(`m${i}`, { definition: definition(`d${i}`) })));
    arns.forEach((arn, i) => {
      assert.equal(ground.machines.program(ground.machines.resolve(text(arn)).definitionId).comment, `d${i}`);
    });
  });
});
