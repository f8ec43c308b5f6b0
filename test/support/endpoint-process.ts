import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, freePort, ManagedProcess } from "./managed-process.ts";

/** An endpoint in a process's environment: Milepost's own by its port, as where none is named, and any other by its address. */
export function endpointVariables(url: string, isOwn: boolean): Record<string, string> {
  return isOwn ? { AWS_ENDPOINT_URL: "", ENDPOINT_PORT: new URL(url).port } : { AWS_ENDPOINT_URL: url };
}

/** The embedded endpoint as a process of its own, which a test can start, kill, pause and start again on the same data. */
export class EndpointProcess {
  readonly url: string;
  readonly directory: string;
  readonly #ownDirectory: string;
  readonly #process: ManagedProcess;

  private constructor(port: number, directory: string | undefined, options: readonly string[]) {
    this.#ownDirectory = mkdtempSync(join(tmpdir(), "milepost-data-"));
    this.directory = directory ?? join(this.#ownDirectory, "data");
    this.url = `http://127.0.0.1:${port}`;
    this.#process = new ManagedProcess({
      name: "endpoint",
      command: ["local/main.ts", "--port", String(port), "--data", this.directory, ...options],
      isReady: () => answers(`${this.url}/_milepost/health`),
    });
  }

  /** Starts on a free port and on a new data directory, where none is given; `options` go to its command line. */
  static async start(directory?: string, options: readonly string[] = []): Promise<EndpointProcess> {
    const endpoint = new EndpointProcess(await freePort(), directory, options);
    await endpoint.start();
    return endpoint;
  }

  get pid(): number {
    return this.#process.pid;
  }

  start(): Promise<number> {
    return this.#process.start();
  }

  isRunning(): boolean {
    return this.#process.isRunning();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.signal(name);
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Ends it in order and removes what it left, except a data directory that was given. */
  async stop(): Promise<void> {
    await this.#process.stop();
    rmSync(this.#ownDirectory, { recursive: true, force: true });
  }

  lastWords(): string {
    return this.#process.lastWords();
  }
}
