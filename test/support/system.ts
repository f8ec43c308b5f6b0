import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DeleteObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { type Clients, makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { type Outputs, readOutputs } from "../../config/outputs.ts";
import { readSettings } from "../../config/settings.ts";
import { readStackOutputs } from "../../pulumi/apply/outputs-file.ts";
import { AnswerWatch } from "./answer-watch.ts";
import { EndpointProcess, endpointVariables } from "./endpoint-process.ts";
import { FaultyProxy } from "./faulty-proxy.ts";
import { answers, freePort, ManagedProcess } from "./managed-process.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const APPLY_MS_MAX = 240_000;

interface Hidden {
  readonly environment: Readonly<Record<string, string>>;
  readonly watch: AnswerWatch | undefined;
}

export interface SystemOptions {
  /** Settings of API, worker and resources alike. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly workers?: number;
  /** Whether each of the API's answers is held against its description; it is, unless a test makes too many. */
  readonly isWatched?: boolean;
}

/**
 * The whole system in a directory of its own: an endpoint (the embedded one, or what AWS_ENDPOINT_URL names), resources made
 * by the Pulumi program, an API and workers, and between them and the endpoint a proxy that counts calls and makes trouble.
 * Whoever calls the API does so through one that holds its answers against its description.
 */
export class TestSystem {
  readonly directory: string;
  readonly endpoint: EndpointProcess | undefined;
  readonly proxy: FaultyProxy;
  readonly api: ManagedProcess;
  readonly workers: readonly ManagedProcess[];
  readonly url: string;
  readonly adminToken: string;
  readonly outputs: Outputs;
  /** Clients that go to the endpoint itself, past the proxy. */
  readonly clients: Clients;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #watch: AnswerWatch | undefined;

  private constructor(parts: Omit<TestSystem, "stop" | "startWorker"> & Hidden) {
    this.directory = parts.directory;
    this.endpoint = parts.endpoint;
    this.proxy = parts.proxy;
    this.api = parts.api;
    this.workers = parts.workers;
    this.url = parts.url;
    this.adminToken = parts.adminToken;
    this.outputs = parts.outputs;
    this.clients = parts.clients;
    this.#environment = parts.environment;
    this.#watch = parts.watch;
  }

  static async start({ variables = {}, workers = 1, isWatched = true }: SystemOptions = {}): Promise<TestSystem> {
    const directory = mkdtempSync(join(tmpdir(), "milepost-system-"));
    const given = process.env.AWS_ENDPOINT_URL;
    const endpoint = given === undefined || given === "" ? await EndpointProcess.start() : undefined;
    const endpointUrl = endpoint?.url ?? given ?? "";
    const proxy = await FaultyProxy.start(endpointUrl);
    const port = await freePort();
    const apiUrl = `http://127.0.0.1:${port}`;
    const watch = isWatched ? await AnswerWatch.start(apiUrl) : undefined;
    const url = watch?.url ?? apiUrl;
    const adminToken = "the-tests-admin-token";
    const own = { MILEPOST_DIR: directory, API_PORT: String(port), APP_PUBLIC_BASE_URL: url, ADMIN_TOKEN: adminToken };
    const environment = { ...own, ...endpointVariables(proxy.url, endpoint !== undefined), ...variables };
    await apply("up", environment);
    const outputs = readOutputs({}, readStackOutputs(readSettings(environment)));
    const api = new ManagedProcess({
      name: "api",
      command: ["api/main.ts"],
      environment,
      isReady: () => answers(`${apiUrl}/health`),
    });
    const managed = Array.from({ length: workers }, () => workerWith(environment));
    await Promise.all([api, ...managed].map((one) => one.start()));
    const clients = makeClients(readSettings({ ...environment, ...endpointVariables(endpointUrl, endpoint !== undefined) }), WORKER_LIMITS);
    return new TestSystem({ directory, endpoint, proxy, api, workers: managed, url, adminToken, outputs, clients, environment, watch });
  }

  /** One more worker beside the others, with settings of its own; whoever starts it ends it. */
  async startWorker(variables: Readonly<Record<string, string>> = {}): Promise<ManagedProcess> {
    const worker = workerWith({ ...this.#environment, ...variables });
    await worker.start();
    return worker;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await Promise.all(this.workers.map((worker) => worker.stop()));
    // What was made on an endpoint of somebody else's must not stay there, and a bucket goes only when it is empty.
    if (this.endpoint === undefined) {
      await this.#emptyBucket();
      await apply("down", this.#environment);
    }
    this.clients.destroy();
    await this.proxy.stop();
    await this.endpoint?.stop();
    rmSync(this.directory, { recursive: true, force: true });
    assert.deepEqual((await this.#watch?.stop()) ?? [], [], "The API's description lacks what was answered.");
  }

  async #emptyBucket(): Promise<void> {
    const Bucket = this.outputs.results_bucket;
    for await (const { Contents: objects = [] } of paginateListObjectsV2({ client: this.clients.s3 }, { Bucket }))
      for (const { Key } of objects) await this.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
}

function workerWith(environment: Readonly<Record<string, string>>): ManagedProcess {
  return new ManagedProcess({
    name: "worker",
    command: ["worker/main.ts"],
    environment,
    isReady: (log) => log.includes('"msg":"ready'),
  });
}

/** In a process of its own that is not waited for in one piece, since it talks through the proxy that lives in this one. */
async function apply(command: "up" | "down", environment: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)(process.execPath, ["pulumi/apply/main.ts", command], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    timeout: APPLY_MS_MAX,
  });
}
