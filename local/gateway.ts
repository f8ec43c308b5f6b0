import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isForOwnHost, isFromForeignPage, refuseHost, refusePage } from "./callers.ts";
import { AwsError } from "./errors.ts";
import { answerHealth, type Coverage } from "./health.ts";
import type { JsonObject } from "./json.ts";
import { answerJson, answerJsonError, answerQuery, answerQueryError, asAwsError } from "./protocol/answer.ts";
import { parseForm, parseJsonBody, readBody } from "./protocol/body.ts";
import type { Call, Service } from "./service.ts";

/** A request that is none of a service's named operations: S3's, by method and path. */
export interface PathService {
  handle(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>;
}

export interface RequestContext {
  readonly requestId: string;
  readonly region: string;
  readonly origin: string;
  readonly signal: AbortSignal;
}

/** Long enough that a client's pool never finds its connection closed between two calls. */
const KEEP_ALIVE_MS = 300_000;

/** How long a caller may send or take nothing in the middle of a request. An upload may take hours, so its whole has no limit. */
const SILENCE_MS = 60_000;

/** One HTTP server before all services: it finds the service and the operation, and turns answers and errors into the caller's protocol. */
export function createGateway(services: readonly Service[], s3: PathService, coverage: Coverage, silenceMs = SILENCE_MS): Server {
  const byTarget = new Map(services.flatMap((service) => (service.target === undefined ? [] : [[service.target, service] as const])));
  const byVersion = new Map(
    services.flatMap((service) => (service.query === undefined ? [] : [[service.query.version, service] as const])),
  );
  const byName = new Map(services.map((service) => [service.name, service]));

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const context = contextOf(request, response);
    if (!isForOwnHost(request)) return refuseHost(request, response);
    const target = request.headers["x-amz-target"];
    if (typeof target === "string") return callJson(target, request, response, context);
    const url = urlOf(request);
    if (url === undefined) return refuseAddress(request, response);
    if (isHealth(request, url)) return answerHealth(request, response, coverage);
    if (isForm(request) || url.searchParams.has("Action")) {
      if (isFromForeignPage(request)) return refusePage(request, response);
      return callQuery(url, request, response, context);
    }
    const service = signedService(request);
    if (service !== undefined && service !== "s3") return refuseUnknown(service, `${request.method} ${url.pathname}`, response, context);
    return s3.handle(request, response, context);
  }

  async function callJson(target: string, request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
    const dot = target.lastIndexOf(".");
    const service = byTarget.get(target.slice(0, dot));
    const operation = target.slice(dot + 1);
    try {
      const body = await readBody(request);
      if (service === undefined) throw unknownOperation(target, undefined);
      const handler = service.operations.get(operation) ?? unknown(service, operation);
      const result = await handler(new HttpCall(context, operation, parseJsonBody(body)));
      answerJson(response, service, context.requestId, result);
    } catch (error) {
      answerJsonError(response, service, context.requestId, asAwsError(error, target));
    }
  }

  async function callQuery(url: URL, request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
    let service = byName.get(signedService(request) ?? "");
    let operation = "";
    try {
      const parameters = parseForm(await readBody(request), url.searchParams);
      operation = parameters.get("Action") ?? "";
      if (operation === "") throw new AwsError("MissingAction", "The request is missing an action or a required parameter.");
      service = byVersion.get(parameters.get("Version") ?? "") ?? service;
      const query = service?.query;
      if (service === undefined || query === undefined) {
        throw unknownOperation(`${signedService(request) ?? "the query protocol's"} ${operation}`);
      }
      const handler = service.operations.get(operation) ?? unknown(service, operation);
      const input = query.parse(operation, withQueueUrl(parameters, url, context));
      const result = await handler(new HttpCall(context, operation, input));
      answerQuery(response, query, operation, context.requestId, result);
    } catch (error) {
      const namespace = service?.query?.namespace ?? `https://${signedService(request) ?? "unknown"}.amazonaws.com/doc/`;
      answerQueryError(
        response,
        namespace,
        context.requestId,
        asAwsError(error, `${service?.name ?? "the query protocol's"} ${operation}`),
      );
    }
  }

  const server = createServer((request, response) => {
    // A silent connection is closed, but not that of a caller who waits for us: a poll, or a call that takes its time.
    response.on("timeout", () => {
      if (!request.complete || response.writableLength > 0) request.destroy();
    });
    route(request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.url} failed inside the endpoint:`, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = silenceMs;
  server.requestTimeout = 0;
  return server;
}

function contextOf(request: IncomingMessage, response: ServerResponse): RequestContext {
  return new HttpContext(scopeOf(request)?.region ?? "us-east-1", `http://${request.headers.host ?? "127.0.0.1"}`, response);
}

class HttpContext implements RequestContext {
  readonly requestId = randomUUID();
  readonly region: string;
  readonly origin: string;
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;

  constructor(region: string, origin: string, response: ServerResponse) {
    this.region = region;
    this.origin = origin;
    this.#response = response;
  }

  /**
   * Made only when a call asks for it: most are answered before their caller could hang up. After the answer nobody is told, since
   * an abort makes an error with a stack each time.
   */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      if (this.#response.destroyed) controller.abort();
      else this.#response.once("close", () => this.#response.writableFinished || controller.abort());
      this.#signal = controller.signal;
    }
    return this.#signal;
  }
}

class HttpCall implements Call {
  readonly operation: string;
  readonly input: JsonObject;
  readonly #context: RequestContext;

  constructor(context: RequestContext, operation: string, input: JsonObject) {
    this.#context = context;
    this.operation = operation;
    this.input = input;
  }

  get region(): string {
    return this.#context.region;
  }

  get requestId(): string {
    return this.#context.requestId;
  }

  get origin(): string {
    return this.#context.origin;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }
}

/** Region and service stand in the credential scope of the signature: `…/20260101/us-east-1/sqs/aws4_request`. */
function scopeOf(request: IncomingMessage): { region: string; service: string } | undefined {
  const header = request.headers.authorization ?? "";
  const match = /Credential=[^/]*\/\d{8}\/([A-Za-z0-9-]+)\/([A-Za-z0-9-]+)\/aws4_request/.exec(header);
  const [, region, service] = match ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}

function signedService(request: IncomingMessage): string | undefined {
  return scopeOf(request)?.service;
}

/** Undefined where the request's target is no address. A path that begins with two slashes is a path, not another host. */
function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? "/";
  return URL.parse(target.startsWith("/") ? `http://127.0.0.1${target}` : target) ?? undefined;
}

/** Only a POST is a form of the query protocol: curl gives the same content type to an object that it puts. */
function isForm(request: IncomingMessage): boolean {
  return request.method === "POST" && request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
}

function isHealth(request: IncomingMessage, url: URL): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (url.pathname === "/_milepost/health") return true;
  return url.pathname === "/" && url.search === "" && request.headers.authorization === undefined;
}

/** The query protocol may name the queue by the address the form is sent to. */
function withQueueUrl(parameters: Map<string, string>, url: URL, context: RequestContext): Map<string, string> {
  if (url.pathname !== "/" && !parameters.has("QueueUrl")) parameters.set("QueueUrl", `${context.origin}${url.pathname}`);
  return parameters;
}

function unknown(service: Service, operation: string): (call: Call) => never {
  return () => {
    throw unknownOperation(`${service.name} ${operation}`, service.unknownCode);
  };
}

function unknownOperation(what: string, code = "UnknownOperationException"): AwsError {
  console.error(`Not covered by this endpoint: ${what}`);
  return new AwsError(code, `The embedded endpoint does not cover ${what}.`);
}

function refuseUnknown(service: string, operation: string, response: ServerResponse, context: RequestContext): void {
  answerJsonError(response, undefined, context.requestId, unknownOperation(`${service} ${operation}`));
}

function refuseAddress(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const body = `The request's target ${JSON.stringify(request.url)} is not a path or an address.\n`;
  response.writeHead(400, { "content-type": "text/plain; charset=utf-8" }).end(body);
}
