/**
 * The HTTP server around the application: nobody may hold a connection by being slow, and nobody is cut off by our ending.
 *
 * Draining: new connections are refused, those that are open are told to close with their next answer, calls under way are
 * finished, and what is left after the limit is cut off. Whatever was acknowledged by then is done all the same.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { ConfigError } from "../config/environment.ts";
import { SECURITY } from "./middleware/observe.ts";
import { Problem } from "./problem.ts";

export interface Patience {
  /** How long a call's headers, and the whole of it, may take to arrive. */
  readonly headersMsMax: number;
  readonly requestMsMax: number;
  /** How often the server looks for those that are slower. */
  readonly checkMs: number;
}

const PATIENCE: Patience = { headersMsMax: 10_000, requestMsMax: 20_000, checkMs: 1_000 };
/** Longer than a client's pool or a balancer keeps a connection that is not used, so that it is never closed under a call. */
const KEEP_ALIVE_MS = 75_000;
const HEADER_BYTES_MAX = 16 * 1_024;
const CONNECTIONS_MAX = 5_000;
const IDLE_CHECK_MS = 25;
/** Those that there are at any address. */
const METHODS = { allow: "GET, HEAD, OPTIONS, POST, PATCH, DELETE" };

export function makeServer(listener: RequestListener, patience: Patience = PATIENCE): Server {
  // Node would refuse a call without a Host by itself, without a word; it is refused below instead.
  const options = { maxHeaderSize: HEADER_BYTES_MAX, connectionsCheckingInterval: patience.checkMs, requireHostHeader: false };
  const answer: RequestListener = (request, response) => {
    if (lacksHost(request)) refuse(request.socket, new Problem(400, "A call in HTTP/1.1 has the header Host."));
    else listener(request, response);
  };
  const server = createServer(options, answer);
  server.headersTimeout = patience.headersMsMax;
  server.requestTimeout = patience.requestMsMax;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = CONNECTIONS_MAX;
  server.on("clientError", refuseUnreadable);
  // An expectation that nobody knows is left out of account, as HTTP allows: Node's refusal would not be in our words.
  server.on("checkExpectation", answer);
  // CONNECT never becomes a call either: Node would only hang up. From here on it does not look after the connection any more.
  server.on("connect", (_, socket) => {
    socket.on("error", () => socket.destroy()).once("finish", () => socket.destroy());
    refuse(socket, new Problem(405, "Nobody is connected to others here.", { headers: METHODS }));
  });
  return server;
}

function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === "1.1";
}

/** What is no HTTP, too long or too slow never becomes a call, so it is answered here, in the words of all problems. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  refuse(socket, problemOf(error.code));
}

/** Answers on the connection itself, and ends it. */
function refuse(socket: Duplex, problem: Problem): void {
  const requestId = randomUUID();
  const body = JSON.stringify(problem.describe("", requestId));
  const headers = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    "connection: close",
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ "x-request-id": requestId, ...SECURITY, ...problem.options.headers }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}

function problemOf(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW") return new Problem(431, `A call's headers have at most ${HEADER_BYTES_MAX} bytes.`);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Problem(408, "The call did not arrive in time.");
  return new Problem(400, "This is not a call in HTTP/1.1.");
}

/** The port that it listens on. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE"
          ? `Port ${port} is in use: stop what listens there, or choose another with API_PORT.`
          : `The API cannot listen on ${host}, port ${port}: ${error.message}.`;
      reject(new ConfigError(reason));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Resolves when all is answered, or the time is over. */
export function drain(server: Server, msMax: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), msMax);
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(late);
      clearInterval(idle);
      resolve();
    });
  });
}
