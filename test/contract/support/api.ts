import assert from "node:assert/strict";
import type { Server } from "node:http";
import { type ApiParts, makeService, operationsOf } from "../../../api/assembly.ts";
import { type ApiMetrics, makeApiMetrics } from "../../../api/metrics.ts";
import { describeApi } from "../../../api/openapi.ts";
import { drain, listen, makeServer } from "../../../api/server.ts";
import { API_LIMITS, makeClients } from "../../../config/clients.ts";
import type { Secrets } from "../../../config/secrets.ts";
import { readSettings } from "../../../config/settings.ts";
import { ApiDocument } from "../../support/document.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { meddle } from "./meddle.ts";
import type { AnyGround } from "./worker.ts";

export const ADMIN_TOKEN = "the-tests-admin-token";
export const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
export const APP_SECRET = Buffer.from("the secret of these tests, of no use elsewhere");
const SECRETS: Secrets = { adminTokens: [ADMIN_TOKEN], appSecrets: [APP_SECRET], jwtSecrets: [Buffer.alloc(32, "j")] };

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text or bytes as they are. */
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The members of a JSON object; none for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The API in this process, over real HTTP and the resources of a ground. */
export interface TestApi {
  readonly url: string;
  readonly server: Server;
  readonly log: CapturedLog;
  /** The calls to AWS, by their commands' names. */
  readonly sent: string[];
  readonly metrics: ApiMetrics;
  /** Calls an address of the API; the answer is held against the API's own description. */
  call(method: string, address: string, ask?: Ask): Promise<Answered>;
  /** From now on it says that it is ending; `stop` ends it. */
  drain(): void;
  stop(): Promise<void>;
}

/** What a test does before calls to AWS of one command, with their input: wait, or throw in their place. */
export type Meddling = Record<string, (input: object) => unknown>;

export async function startApi(
  { environment, outputs }: AnyGround,
  variables: Readonly<Record<string, string>> = {},
  meddling: Meddling = {},
  otherSecrets: Partial<Secrets> = {},
): Promise<TestApi> {
  let isDraining = false;
  const settings = readSettings({ ...environment, ...variables });
  const clients = makeClients(settings, API_LIMITS);
  const sent: string[] = [];
  meddle(clients, async (command, input) => {
    const name = command.replace(/Command$/, "");
    sent.push(name);
    await meddling[name]?.(input);
  });
  const log = captureLog();
  const metrics = makeApiMetrics();
  const secrets = { ...SECRETS, ...otherSecrets };
  const parts: ApiParts = { settings, secrets, outputs, clients, logger: log.logger, metrics, isDraining: () => isDraining };
  const facts = { version: "0.0.0", bodyBytesMax: settings.api.bodyBytesMax };
  const document = new ApiDocument(JSON.parse(JSON.stringify(describeApi(operationsOf(parts), facts))));
  const server = makeServer(makeService(parts));
  const url = `http://127.0.0.1:${await listen(server, "127.0.0.1", 0)}`;
  return {
    url,
    server,
    log,
    sent,
    metrics,
    call: async (method, address, ask = {}) => {
      const answer = await send(method, `${url}${address}`, ask);
      assertDescribed(document, method, address, answer);
      return answer;
    },
    drain: () => {
      isDraining = true;
    },
    stop: async () => {
      isDraining = true;
      await drain(server, 1_000);
      clients.destroy();
    },
  };
}

async function send(method: string, url: string, { headers = {}, body }: Ask): Promise<Answered> {
  const asIs = typeof body === "string" || body instanceof Uint8Array;
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body: asIs ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: membersOf(text) };
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The document has every answer, and all that is said by the other side of a problem agrees. */
function assertDescribed(document: ApiDocument, method: string, address: string, answer: Answered): void {
  const { status, headers, text, body } = answer;
  const where = `${method} ${address} → ${status} ${text}`;
  document.assertDescribes(method, address, answer);
  if (!headers.get("content-type")?.startsWith("application/problem+json") || method === "HEAD") return;
  assert.equal(body.status, status, where);
  // An answer given again is the first one's, with its request id.
  if (!headers.has("idempotent-replayed")) assert.equal(body.requestId, headers.get("x-request-id"), where);
}

export interface MadeRequest {
  readonly id: string;
  /** The address with its token, without the host. */
  readonly address: string;
  readonly token: string;
}

export async function newRequest(api: TestApi, title = "Replace the pump"): Promise<MadeRequest> {
  const { status, body, text } = await api.call("POST", "/requests", { body: { title } });
  assert.equal(status, 201, text);
  const id = String(body.requestId);
  const token = new URL(String(body.trackingUrl)).searchParams.get("t");
  assert.ok(token);
  return { id, address: `/requests/${id}?t=${token}`, token };
}

export function change(api: TestApi, id: string, status: string, ask: Ask = {}): Promise<Answered> {
  return api.call("PATCH", `/requests/${id}/status`, { body: { status }, ...ask, headers: { ...ADMIN, ...ask.headers } });
}

/** The headers of a user who has logged in. */
export async function login(api: TestApi, user_id: string, more: object = {}): Promise<{ readonly authorization: string }> {
  const { status, body, text } = await api.call("POST", "/login", { body: { user_id, ...more } });
  assert.equal(status, 200, text);
  return { authorization: `Bearer ${body.access_token}` };
}

/** The fields that a 400 complains of, with their rules. */
export function complaints({ status, body, text }: Answered): string[] {
  assert.equal(status, 400, text);
  assert.ok(Array.isArray(body.errors), text);
  return body.errors.map(({ field, rule, message }: Record<string, unknown>) => {
    assert.ok(typeof message === "string" && message !== "", text);
    return `${field} ${rule}`;
  });
}
