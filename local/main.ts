import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onParentGone, tellReady } from "../config/parent.ts";
import { type DataDirectory, openDataDirectory, StartError } from "./datadir.ts";
import { createGateway } from "./gateway.ts";
import { readOptions, usage } from "./options.ts";
import { createServices, SCHEMA, type Services } from "./services.ts";

/** How long calls under way may take to end after a signal; waiting polls end at once. */
const DRAIN_MS = 5_000;
const IDLE_CHECK_MS = 20;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") {
    console.log(usage());
    return;
  }
  const data = openDataDirectory(options.directory, SCHEMA);
  const services = createServices(data.store, data.path, options);
  const server = createGateway(services.named, services.s3, {
    version: version(),
    startedAt: new Date().toISOString(),
    directory: data.path,
    services: Object.fromEntries([
      ...services.named.map((service) => [service.name, [...service.operations.keys()]] as const),
      ["s3", services.s3.operations],
    ]),
  });
  const port = await listen(server, options.port);
  data.claim(port);
  const origin = `http://127.0.0.1:${port}`;
  for (const service of services.named) service.start?.(origin);
  console.log(`Milepost's embedded AWS endpoint is running at ${origin} (data in ${data.path})`);
  stopOnSignal(server, services, data);
  tellReady();
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE"
          ? `Port ${port} is in use; stop what listens there, or choose another with --port (of npm start: with ENDPOINT_PORT).`
          : `Port ${port} cannot be listened on (${error.message}).`;
      reject(new StartError(reason));
    });
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function stopOnSignal(server: Server, services: Services, data: DataDirectory): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    for (const service of [...services.named, services.s3]) service.stop?.();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    // A client's pool holds a connection open after its last answer; nothing more is to come on it.
    setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS).unref();
    server.close(() => {
      data.close();
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  onParentGone(stop);
}

main().catch((error: unknown) => {
  if (error instanceof StartError) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
