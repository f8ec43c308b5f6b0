/**
 * The HTTP side that the peers share, so that they differ only in how they keep a change: Koa with the router and the body
 * parser of Milepost's API, the same routes, the same rules for changes and tracking addresses, and nothing besides.
 */
import { randomBytes, randomUUID } from "node:crypto";
import Router from "@koa/router";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import { z } from "zod";
import { isStatus } from "../../domain/kind.ts";
import { type RequestStatus, requests } from "../../domain/requests.ts";
import { isSame } from "../../domain/sealing.ts";
import { hashToken, isToken } from "../../domain/tokens.ts";

export interface PeerStore {
  create(record: { id: string; title: string; tokenHash: string }): Promise<void>;
  read(id: string): Promise<PeerRecord | undefined>;
  /** Makes the change durable where the status is one of `from`, and gives the id of its event. */
  change(id: string, from: readonly RequestStatus[], to: RequestStatus): Promise<string | undefined>;
}

export interface PeerRecord {
  readonly status: string;
  readonly tokenHash: string;
  /** Oldest first. */
  readonly history: readonly PeerEntry[];
}

export interface PeerEntry {
  readonly eventId: string;
  readonly version: number;
  readonly to: string;
}

const creation = z.strictObject({ title: z.string().min(1).max(200) });
const change = z.strictObject({ status: z.string() });
const parameters = z.object({ id: z.string() });
const query = z.object({ t: z.string() });
const HISTORY_SHOWN = 20;
const TOKEN_BYTES = 32;

export function servePeer(store: PeerStore): void {
  const port = Number(process.env.PORT);
  const router = new Router();
  router.get("/health", (context) => {
    context.body = "ok";
  });
  router.post("/requests", async (context) => {
    const { title } = creation.parse(context.request.body);
    const [id, token] = [randomUUID(), randomBytes(TOKEN_BYTES).toString("base64url")];
    await store.create({ id, title, tokenHash: hashToken(token) });
    context.status = 201;
    context.body = { requestId: id, title, trackingUrl: `http://127.0.0.1:${port}/requests/${id}?t=${token}` };
  });
  router.patch("/requests/:id/status", async (context) => {
    if (!isSame(context.get("authorization"), `Bearer ${process.env.ADMIN_TOKEN}`)) return context.throw(401);
    const { id } = parameters.parse(context.params);
    const { status } = change.parse(context.request.body);
    if (!isStatus(requests, status)) return context.throw(400);
    const eventId = await store.change(id, statusesBefore(status), status);
    if (eventId === undefined) return context.throw(409);
    context.body = { requestId: id, newStatus: status, eventId };
  });
  router.get("/requests/:id", async (context) => {
    const { status, history } = await readFor(store, context);
    context.body = { status, history: history.slice(-HISTORY_SHOWN) };
  });
  router.get("/requests/:id/history", async (context) => {
    context.body = { history: (await readFor(store, context)).history };
  });
  const app = new Koa();
  app.use(bodyParser());
  app.use(router.routes());
  app.listen(port, "127.0.0.1").keepAliveTimeout = 75_000;
}

async function readFor(store: PeerStore, context: Koa.Context): Promise<PeerRecord> {
  const { id } = parameters.parse(context.params);
  const record = await store.read(id);
  if (record === undefined || !isToken(query.parse(context.query).t, record.tokenHash)) return context.throw(404);
  return record;
}

function statusesBefore(to: RequestStatus): RequestStatus[] {
  const statuses = Object.keys(requests.transitions).filter((status) => isStatus(requests, status));
  return statuses.filter((status) => requests.transitions[status].includes(to));
}
