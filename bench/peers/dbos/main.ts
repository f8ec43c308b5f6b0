/**
 * The peer: the same work done with DBOS, as its documentation shows it. The API process is the worker too, and all state is
 * in PostgreSQL. A change is written durably and starts a workflow named after its event; the workflow's one step writes the
 * history entry.
 */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { Pool } from "pg";
import { z } from "zod";
import { type PeerStore, servePeer } from "../serve.ts";

interface Event {
  readonly id: string;
  readonly version: number;
  readonly to: string;
}

/** As many as callers at once that are meant to be measured, so that nobody waits for a connection. */
const CONNECTIONS = 32;
const databaseUrl = process.env.DATABASE_URL ?? "";
const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });

const changed = z.object({ version: z.int() });
const record = z.object({ status: z.string(), tokenHash: z.string() });
const entry = z.object({ eventId: z.string(), version: z.int(), to: z.string() });

const SCHEMA = `
  CREATE TABLE requests (id text PRIMARY KEY, title text NOT NULL, token_hash text NOT NULL, status text NOT NULL, version integer NOT NULL);
  CREATE TABLE history (
    id text NOT NULL, version integer NOT NULL, event_id text NOT NULL, status text NOT NULL, notified_at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
  )`;

/** A step may run again after a crash, so the entry is written once by its key. */
async function writeHistory({ id, version, to }: Event): Promise<void> {
  await pool.query(
    "INSERT INTO history (id, version, event_id, status, notified_at) VALUES ($1, $2, $3, $4, now()) ON CONFLICT DO NOTHING",
    [id, version, eventIdOf(id, version), to],
  );
}

const carryOut = DBOS.registerWorkflow(
  async (event: Event) => {
    await DBOS.runStep(() => writeHistory(event), { name: "writeHistory" });
  },
  { name: "carryOut" },
);

async function start(event: Event): Promise<string> {
  const workflowID = eventIdOf(event.id, event.version);
  await DBOS.startWorkflow(carryOut, { workflowID })(event);
  return workflowID;
}

function eventIdOf(id: string, version: number): string {
  return `${id}-${version}`;
}

const store: PeerStore = {
  create: async ({ id, title, tokenHash }) => {
    await pool.query("INSERT INTO requests (id, title, token_hash, status, version) VALUES ($1, $2, $3, 'PENDING', 1)", [
      id,
      title,
      tokenHash,
    ]);
    await start({ id, version: 1, to: "PENDING" });
  },

  read: async (id) => {
    const { rows } = await pool.query('SELECT status, token_hash AS "tokenHash" FROM requests WHERE id = $1', [id]);
    if (rows[0] === undefined) return undefined;
    const history = await pool.query('SELECT event_id AS "eventId", version, status AS "to" FROM history WHERE id = $1 ORDER BY version', [
      id,
    ]);
    return { ...record.parse(rows[0]), history: z.array(entry).parse(history.rows) };
  },

  change: async (id, from, to) => {
    const { rows } = await pool.query(
      "UPDATE requests SET status = $1, version = version + 1 WHERE id = $2 AND status = ANY($3) RETURNING version",
      [to, id, from],
    );
    return rows[0] === undefined ? undefined : start({ id, version: changed.parse(rows[0]).version, to });
  },
};

DBOS.setConfig({ name: "milepost-bench", systemDatabaseUrl: databaseUrl, systemDatabasePoolSize: CONNECTIONS, logLevel: "error" });
await DBOS.launch();
await pool.query(SCHEMA);
servePeer(store);
