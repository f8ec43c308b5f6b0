/**
 * PostgreSQL with its defaults, above all its durability, on a directory and a port of its own. It refuses to run as root,
 * so root has it run as another user.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../test/support/managed-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";

/** Where Debian puts it, beside PATH: one folder for each version. */
const DEBIAN = "/usr/lib/postgresql";
const USERS_FOR_ROOT = ["postgres", "nobody"];
const READY_MS_MAX = 30_000;
const STOP_MS_MAX = 20_000;

export interface Postgres {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The folder with `initdb` and `postgres`; undefined where there is none. */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [...(process.env.PATH ?? "").split(":"), ...versions.map((version) => join(DEBIAN, version, "bin"))];
  const found = folders.find((folder) => ["initdb", "postgres"].every((program) => existsSync(join(folder, program))));
  // A link would not lead it to the files beside it.
  return found && dirname(realpathSync(join(found, "initdb")));
}

export async function startPostgres(binaries: string): Promise<Postgres> {
  const directory = benchDirectory();
  const owner = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (owner !== undefined) chownSync(directory, owner.uid, owner.gid);
  const data = join(directory, "data");
  const port = await freePort();
  const options = { cwd: directory, ...owner };
  let child: ChildProcess | undefined;
  const kill = () => child?.kill("SIGQUIT");
  process.once("exit", kill);
  const stop = async () => {
    process.off("exit", kill);
    if (child !== undefined) await end(child);
    removeDirectory(directory);
  };
  try {
    execFileSync(join(binaries, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"], {
      ...options,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", directory];
    child = spawn(join(binaries, "postgres"), args, { ...options, stdio: "ignore" });
    await untilListening(child, port);
    return { url: `postgresql://bench@127.0.0.1:${port}/postgres`, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of USERS_FOR_ROOT) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user ${USERS_FOR_ROOT.join(" or ")}.`);
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error("PostgreSQL did not start.");
    await sleep(50);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** SIGINT ends its sessions and closes its files; SIGQUIT is for one that does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGQUIT"), STOP_MS_MAX);
  await ended;
  clearTimeout(late);
}
