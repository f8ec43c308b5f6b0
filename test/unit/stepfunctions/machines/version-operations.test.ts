import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { definition, type Ground, makeGround, PREFIX, refused, text } from "./support.ts";

let ground: Ground;
let arn: string;
beforeEach(async () => {
  ground = makeGround();
  arn = await ground.create("m");
});
afterEach(() => ground.close());

function update(comment: string): Promise<JsonObject> {
  return ground.call("UpdateStateMachine", { stateMachineArn: arn, definition: definition(comment) });
}

function publish(more: JsonObject = {}): Promise<JsonObject> {
  return ground.call("PublishStateMachineVersion", { stateMachineArn: arn, ...more });
}

async function versions(more: JsonObject = {}): Promise<string[]> {
  const answer = await ground.call("ListStateMachineVersions", { stateMachineArn: arn, ...more });
  assert.ok(Array.isArray(answer.stateMachineVersions));
  return answer.stateMachineVersions.map((version) => text((version as JsonObject).stateMachineVersionArn).slice(arn.length));
}

describe("PublishStateMachineVersion", () => {
  it("keeps what the machine does now, whatever it does later", async () => {
    // Act
    const published = await publish({ description: "one" });
    await update("second");
    const described = await ground.call("DescribeStateMachine", { stateMachineArn: published.stateMachineVersionArn ?? null });
    // Assess
    assert.equal(published.stateMachineVersionArn, `${arn}:1`);
    assert.deepEqual([described.definition, described.description, described.revisionId], [definition(), "one", undefined]);
  });

  it("publishes a revision once, whatever its description", async () => {
    const first = await publish();
    assert.deepEqual(await publish({ description: "again" }), first);
    assert.deepEqual(await versions(), [":1"]);
  });

  it("publishes only the revision that is asked for", async () => {
    const initial = await publish({ revisionId: "INITIAL" });
    assert.equal(initial.stateMachineVersionArn, `${arn}:1`);
    const second = text((await update("second")).revisionId);
    const third = text((await update("third")).revisionId);
    await refused(
      publish({ revisionId: second }),
      "ConflictException",
      `Failed to publish the State Machine version for revision ${second}. The current State Machine revision is ${third}.`,
    );
    assert.equal((await publish({ revisionId: third })).stateMachineVersionArn, `${arn}:2`);
  });

  it("knows no machine that is not there, and no version of a version", async () => {
    const call = (stateMachineArn: string) => ground.call("PublishStateMachineVersion", { stateMachineArn });
    await publish();
    for (const none of [`${PREFIX}none`, `${arn}:1`]) {
      await refused(call(none), "StateMachineDoesNotExist", `State Machine Does Not Exist: '${none}'`);
    }
    await refused(call("invalid_arn"), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'");
  });
});

describe("DeleteStateMachineVersion", () => {
  it("removes a version, whose number is not used again", async () => {
    await publish();
    await update("second");
    await publish();
    assert.deepEqual(await ground.call("DeleteStateMachineVersion", { stateMachineVersionArn: `${arn}:2` }), {});
    assert.deepEqual(await versions(), [":1"]);
    assert.equal((await publish()).stateMachineVersionArn, `${arn}:3`);
  });

  it("is content where there is nothing to delete", async () => {
    assert.deepEqual(await ground.call("DeleteStateMachineVersion", { stateMachineVersionArn: `${arn}:7` }), {});
  });

  it("deletes versions only", async () => {
    await refused(ground.call("DeleteStateMachineVersion", { stateMachineVersionArn: arn }), "InvalidArn", `Invalid Arn: '${arn}'`);
  });

  it("leaves a version that an alias leads to", async () => {
    await publish();
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:1`, weight: 100 }];
    await ground.call("CreateStateMachineAlias", { name: "LIVE", routingConfiguration });
    await refused(
      ground.call("DeleteStateMachineVersion", { stateMachineVersionArn: `${arn}:1` }),
      "ConflictException",
      "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [LIVE]",
    );
  });
});

describe("ListStateMachineVersions", () => {
  it("lists the newest first, page by page", async () => {
    // Prepare
    for (let i = 1; i <= 11; i++) {
      await update(`revision ${i}`);
      await publish();
    }
    // Act
    const first = await ground.call("ListStateMachineVersions", { stateMachineArn: arn, maxResults: 9 });
    // Assess
    assert.deepEqual(await versions({ maxResults: 9 }), [":11", ":10", ":9", ":8", ":7", ":6", ":5", ":4", ":3"]);
    assert.deepEqual(await versions({ maxResults: 9, nextToken: first.nextToken ?? null }), [":2", ":1"]);
    assert.equal((await versions()).length, 11);
  });

  it("calls the ARN of a machine that is not there invalid", async () => {
    const call = ground.call("ListStateMachineVersions", { stateMachineArn: `${PREFIX}none` });
    await refused(call, "InvalidArn", `Invalid Arn: '${PREFIX}none'`);
  });
});
