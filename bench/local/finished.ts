import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { eventKey, eventRange } from "../../local/stepfunctions/schema.ts";
import { EndpointProcess } from "../../test/support/endpoint-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { residentMb, spread } from "../support/measures.ts";
import { alternate, newGround, warmGround } from "./alternate.ts";
import { runLoad } from "./load.ts";

const FINISHED = Number(process.env.MILEPOST_BENCH_FINISHED ?? 1_000_000);

/** A file with many executions that ended: the flow's rate beside them, and the file's size after they were removed. */
export async function benchFinished(): Promise<void> {
  const directories = [benchDirectory(), benchDirectory()] as const;
  const plain = await EndpointProcess.start(directories[0]);
  try {
    await multiply(directories[1]);
    const laden = await EndpointProcess.start(directories[1]);
    const rates = await alternate(await warmGround(plain.url), await warmGround(laden.url));
    const memory = residentMb(laden.pid)?.toFixed(0);
    await laden.stop();
    const full = sizeMb(directories[1]);
    const seconds = await sweep(directories[1]);
    console.log(`\n${FINISHED} finished executions in the file\n`);
    console.log(
      `the flow: ${spread(rates.laden)} changes/s, with none finished ${spread(rates.plain)}: ${rates.ratio.toFixed(2)} × the rate; ${memory} MB resident`,
    );
    console.log(
      `the file: ${full.toFixed(0)} MB, after retention ${sizeMb(directories[1]).toFixed(0)} MB, removed in ${seconds.toFixed(0)} s`,
    );
  } finally {
    await plain.stop();
    for (const directory of directories) removeDirectory(directory);
  }
}

/** Makes one finished execution by calls, and the others as copies of its rows. */
async function multiply(directory: string): Promise<void> {
  const endpoint = await EndpointProcess.start(directory);
  const ground = await newGround(endpoint.url);
  await runLoad(ground, 1, 0.1);
  ground.clients.destroy();
  await endpoint.stop();
  const db = new DatabaseSync(join(directory, "endpoint.db"));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN");
  const model = Number(db.prepare("SELECT min(id) AS id FROM sfn_executions WHERE status = 'SUCCEEDED'").get()?.id);
  const last = Number(db.prepare("SELECT max(id) AS id FROM sfn_executions").get()?.id);
  const numbers = `WITH RECURSIVE n(id) AS (SELECT ${last + 1} UNION ALL SELECT id + 1 FROM n WHERE id < ${last + FINISHED})`;
  copyRows(db, numbers, "sfn_executions", `m.id = ${model}`, { id: "n.id", arn: "m.arn || '-' || n.id", name: "m.name || '-' || n.id" });
  const [first, end] = eventRange(model);
  copyRows(db, numbers, "sfn_history", `m.key >= ${first} AND m.key < ${end}`, { key: `n.id * ${eventKey(1, 0)} + m.key - ${first}` });
  db.exec("COMMIT");
  db.close();
}

function copyRows(db: DatabaseSync, numbers: string, table: string, which: string, changed: Readonly<Record<string, string>>): void {
  const columns = db
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map((row) => String(row.name));
  const values = columns.map((column) => changed[column] ?? `m.${column}`);
  db.exec(
    `${numbers} INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM n CROSS JOIN ${table} AS m WHERE ${which}`,
  );
}

/** The seconds until an endpoint that keeps nothing has removed everything, and its file has stopped shrinking. */
async function sweep(directory: string): Promise<number> {
  const began = performance.now();
  const endpoint = await EndpointProcess.start(directory, ["--retention-days", "0"]);
  let size = sizeMb(directory);
  let shrankAt = performance.now();
  while (performance.now() - shrankAt < 5_000) {
    await sleep(250);
    const now = sizeMb(directory);
    if (now < size) shrankAt = performance.now();
    size = Math.min(size, now);
  }
  await endpoint.stop();
  return (shrankAt - began) / 1000;
}

function sizeMb(directory: string): number {
  return statSync(join(directory, "endpoint.db")).size / 1e6;
}
