import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SFNClient, ValidateStateMachineDefinitionCommand } from "@aws-sdk/client-sfn";
import { OUTPUTS } from "../../config/outputs.ts";
import { readSettings, stackDirectory } from "../../config/settings.ts";
import { lock } from "../../pulumi/apply/lock.ts";
import { readStackOutputs } from "../../pulumi/apply/outputs-file.ts";
import { definitionOf } from "../../workflows/definition.ts";
import { EndpointProcess } from "../support/endpoint-process.ts";
import { freePort } from "../support/managed-process.ts";

const MAIN = join(import.meta.dirname, "../../pulumi/apply/main.ts");

/** On an endpoint of its own: the program's names are fixed, and other tests may use what they name elsewhere. */
describe("npm run up, preview and down", function () {
  this.timeout(60_000);
  let endpoint: EndpointProcess;
  let directory: string;

  before("an endpoint of its own", async () => {
    endpoint = await EndpointProcess.start();
    directory = mkdtempSync(join(tmpdir(), "milepost-main-"));
  });

  after("the endpoint", async () => {
    await endpoint.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const environment = () => ({ AWS_ENDPOINT_URL: endpoint.url, MILEPOST_DIR: directory });
  const settings = () => readSettings(environment());

  async function run(command: string, more: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [MAIN, ...command.split(" ")], {
      env: { PATH: process.env.PATH, ...environment(), ...more },
      timeout: 30_000,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    child.once("error", reject);
    child.once("close", resolve);
    return { status: await promise, said };
  }

  it("make, keep and remove all that Milepost needs", async () => {
    // Act
    const first = await run("up");
    const outputs = readStackOutputs(settings());
    const second = await run("up");
    const preview = await run("preview", { VISIBILITY_SECONDS: "60" });
    const end = await run("down");

    // Assess
    assert.deepEqual([first.status, second.status, preview.status, end.status], [0, 0, 0, 0], first.said + second.said + end.said);
    assert.match(first.said, /^Resources: 33 created, 0 unchanged$/m);
    assert.deepEqual(Object.keys(outputs ?? {}).sort(), [...OUTPUTS].sort());
    assert.match(second.said, /^Resources: 33 unchanged$/m);
    assert.match(preview.said, /^~ aws:sqs\/queue:Queue requests-queue update \[diff: ~visibilityTimeoutSeconds: 30 => 60\]$/m);
    assert.match(end.said, /^Resources: 33 deleted, 0 unchanged$/m);
    assert.equal(readStackOutputs(settings()), undefined);
  });

  it("have a workflow that Step Functions finds no fault with, as Pulumi's provider asks first", async () => {
    const values = {
      requestsQueueUrl: "http://127.0.0.1/q",
      heartbeatSeconds: 900,
      taskTimeoutSeconds: 3_600,
      executionTimeoutSeconds: 14_400,
    };
    const client = new SFNClient({
      endpoint: endpoint.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const answer = await client.send(new ValidateStateMachineDefinitionCommand({ definition: definitionOf("requests", values) }));
    client.destroy();
    assert.deepEqual([answer.result, answer.diagnostics], ["OK", []]);
  });

  it("say in one sentence that nothing listens, and both ways on", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { status, said } = await run("up", { AWS_ENDPOINT_URL: nowhere });
    assert.equal(status, 1);
    assert.match(said, /^Nothing listens at http:\S+: .*"npm start" or "npm run local".*LocalStack.*AWS_ENDPOINT_URL\.\n$/);
  });

  it("leave AWS to the Pulumi CLI", async () => {
    const { status, said } = await run("up", { MILEPOST_MODE: "aws", AWS_ENDPOINT_URL: "" });
    assert.equal(status, 1);
    assert.match(said, /^MILEPOST_MODE is aws, .*"pulumi up".*\.\n$/);
  });

  it("are one at a time", async () => {
    const unlock = lock(stackDirectory(settings()));
    try {
      const { status, said } = await run("down");
      assert.equal(status, 1);
      assert.match(said, new RegExp(`^Another apply of this stack is under way \\(process ${process.pid}\\)`));
    } finally {
      unlock();
    }
  });

  it("know no other command", async () => {
    const { status, said } = await run("sideways");
    assert.equal(status, 1);
    assert.match(said, /^Usage: npm run up/);
  });

  it("do nothing where they are given what they do not know", async () => {
    const { status, said } = await run("down --preview");
    assert.equal(status, 1);
    assert.equal(said, "Usage: npm run up, npm run preview or npm run down, without --preview\n");
  });
});
