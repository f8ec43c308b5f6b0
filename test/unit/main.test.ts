import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The time calls under way are given; what ends well before it did not wait for it. */
const DRAIN_MS = 5_000;

describe("the endpoint's process", () => {
  const directory = mkdtempSync(join(tmpdir(), "main-"));

  after(() => rmSync(directory, { recursive: true, force: true }));

  it("ends at once after a signal, though clients hold connections open", async function () {
    this.timeout(20_000);
    // Prepare
    const endpoint = spawn(process.execPath, ["local/main.ts", "--port", "0", "--data", directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface(endpoint.stdout), "line")) as [string];
    const address = /http:\/\/\S+/.exec(line)?.[0] ?? "";
    const agent = new Agent({ keepAlive: true });
    const receive = `${address}/000000000000/q?Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=20`;
    await read(`${address}/?Action=CreateQueue&Version=2012-11-05&QueueName=q`, agent);
    const poll = read(receive, agent);
    await read(`${address}/_milepost/health`, agent);
    // Act
    const began = performance.now();
    endpoint.kill("SIGTERM");
    const [code] = await once(endpoint, "exit");
    // Assess
    assert.equal(await poll, 200);
    assert.equal(code, 0);
    assert.ok(performance.now() - began < DRAIN_MS - 1_000);
    agent.destroy();
  });

  function read(url: string, agent: Agent): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode));
      });
      request.on("error", reject);
    });
  }
});
