/** The peers as contenders, each with a data store of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EndpointProcess } from "../../test/support/endpoint-process.ts";
import { answers, freePort, ManagedProcess } from "../../test/support/managed-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { ADMIN_TOKEN, type Contender, type Entry } from "./contender.ts";
import { findPostgres, startPostgres } from "./postgres.ts";

const DBOS_FOLDER = join(import.meta.dirname, "..", "peers", "dbos");
const INSTALL_MS_MAX = 300_000;

export async function startUpdateItem(): Promise<Contender> {
  const directory = benchDirectory();
  const endpoint = await EndpointProcess.start(directory);
  const { api, url } = await startApi("bench/peers/update-item/main.ts", { AWS_ENDPOINT_URL: endpoint.url });
  return {
    name: "no workflow",
    url,
    adminToken: ADMIN_TOKEN,
    processes: [
      { name: "API", pid: api.pid },
      { name: "endpoint", pid: endpoint.pid },
    ],
    stop: async () => {
      await api.stop();
      await endpoint.stop();
      removeDirectory(directory);
    },
  };
}

export async function startDbos(): Promise<Entry> {
  const name = "DBOS";
  const binaries = findPostgres();
  if (binaries === undefined) return { name, absent: "no PostgreSQL" };
  install();
  const postgres = await startPostgres(binaries);
  const { api, url } = await startApi("bench/peers/dbos/main.ts", { DATABASE_URL: postgres.url });
  return {
    name,
    url,
    adminToken: ADMIN_TOKEN,
    processes: [
      { name: "API", pid: api.pid },
      { name: "PostgreSQL", pid: postgres.pid, hasChildren: true },
    ],
    stop: async () => {
      await api.stop();
      await postgres.stop();
    },
  };
}

async function startApi(program: string, variables: Readonly<Record<string, string>>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = new ManagedProcess({
    name: "peer",
    command: [program],
    environment: { PORT: String(port), ADMIN_TOKEN, ...variables },
    isReady: () => answers(`${url}/health`),
  });
  await api.start();
  return { api, url };
}

/** DBOS is no dependency of Milepost: it is installed in the peer's own folder by whoever wants to compare. */
function install(): void {
  const installed = join(DBOS_FOLDER, "node_modules", ".package-lock.json");
  const lockFile = join(DBOS_FOLDER, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs) return;
  console.error("Installing DBOS for the comparison …");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: DBOS_FOLDER, stdio: ["ignore", 2, 2], timeout: INSTALL_MS_MAX });
}
