/**
 * Runs before every npm script: sees to it that what package-lock.json names is installed, Node itself included.
 *
 * It is plain JavaScript because it runs on whatever Node the machine has; what follows it runs on the Node it installed,
 * which npm finds first on PATH. The scripts call it in brackets, `(node scripts/ready.mjs) && node …`: a shell remembers
 * where it found `node`, and would go on with the machine's own if the first call were not in a shell of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, "package-lock.json");
const installing = join(root, ".milepost", "installing");
const packages = readPackages(lockFile);
/** What the Node for Linux asks of the system it runs on. */
const LOADERS = { x64: "/lib64/ld-linux-x86-64.so.2", arm64: "/lib/ld-linux-aarch64.so.1" };
const [runtimePath, runtime] = Object.entries(packages).find(([, entry]) => isRuntimeHere(entry)) ?? [];

if (major(process.version) < 20) {
  giveUp(`Milepost brings its own Node, but needs Node 20.10 or newer to install it; this is ${process.version}. Please update Node.`);
}
if (!isInstalled()) await installAlone();
checkRuntime();

function isRuntimeHere(entry) {
  return entry.bin?.node !== undefined && [entry.os].flat().includes(process.platform) && [entry.cpu].flat().includes(process.arch);
}

/** npm writes node_modules/.package-lock.json as the last act of an install, so it also tells a broken-off one. */
function isInstalled() {
  if (runtime !== undefined && !existsSync(join(root, runtimePath, runtime.bin.node))) return false;
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(packages).every(
    ([path, entry]) => path === "" || entry.optional === true || installed[path]?.integrity === entry.integrity,
  );
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** Two commands started at once must not install into the same directory: the second waits for the first. */
async function installAlone() {
  mkdirSync(dirname(installing), { recursive: true });
  for (let tries = 1; !isMine(); tries++) {
    if (tries === 1) console.error("Another command is installing: waiting for it …");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  process.on("exit", () => rmSync(installing, { force: true }));
  if (!isInstalled()) install();
}

function isMine() {
  try {
    writeFileSync(installing, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (isOtherAlive()) return false;
  rmSync(installing, { force: true });
  return isMine();
}

function isOtherAlive() {
  try {
    process.kill(Number(readFileSync(installing, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function install() {
  console.error(
    existsSync(join(root, "node_modules"))
      ? "The installed packages are not those of package-lock.json: installing them (npm ci) …"
      : "First start: installing what package-lock.json names (npm ci) …",
  );
  const options = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath ?? "";
  // npm's own output goes to stderr, so that stdout stays that of the command asked for.
  const run = { cwd: root, stdio: ["ignore", 2, 2] };
  const { status } =
    basename(npm) === "npm-cli.js"
      ? spawnSync(process.execPath, [npm, ...options], run)
      : spawnSync("npm", options, { ...run, shell: process.platform === "win32" });
  if (status !== 0) {
    giveUp("npm ci failed (its reason stands above; without a network it cannot work). Nothing was started: run the same command again.");
  }
}

/** Tells beforehand what would otherwise be a shell's or an older Node's riddle. */
function checkRuntime() {
  const wanted = Object.values(packages).find((entry) => entry.bin?.node !== undefined)?.version ?? "26";
  const name = `Node ${major(wanted)}`;
  if (runtime === undefined) {
    if (major(process.version) >= major(wanted)) return;
    giveUp(
      `Milepost runs on ${name}, brings none for ${process.platform}-${process.arch}, and this is ${process.version}: please install ${name}.`,
    );
  }
  if (!isInstalled())
    giveUp(`npm ci ended well but did not install ${name} (${runtimePath}): remove node_modules and run the same command again.`);
  const loader = process.platform === "linux" ? LOADERS[process.arch] : undefined;
  if (loader !== undefined && !existsSync(loader)) {
    giveUp(
      `Milepost brings a ${name} that needs glibc (${loader}), which this Linux does not have: use one that has, as Debian or Ubuntu.`,
    );
  }
}

function major(version) {
  return Number(/\d+/.exec(version)?.[0]);
}

function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}
