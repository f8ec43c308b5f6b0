import type { IncomingMessage, ServerResponse } from "node:http";

/** Names a browser or a client may reach us by. Any other is refused: a page on the web could rebind its own name to this address. */
const OWN_HOST = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:[a-z0-9._-]+\.)?localhost)(?::\d+)?$/i;

export function isForOwnHost(request: IncomingMessage): boolean {
  return OWN_HOST.test(request.headers.host ?? "");
}

/**
 * Whether a browser says that a page of another site makes this call. A page may send any address or form to this machine
 * unasked, which is all that the query protocol needs to delete a queue. The JSON protocol's header it may not send, and S3
 * asks for a signature, so the links that were presigned work from every page.
 */
export function isFromForeignPage(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return !OWN_HOST.test(origin.replace(/^https?:\/\//, ""));
  return request.headers["sec-fetch-site"] === "cross-site";
}

export function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  refuse(request, response, `This endpoint answers to loopback names only, not to the host ${JSON.stringify(request.headers.host ?? "")}.`);
}

export function refusePage(request: IncomingMessage, response: ServerResponse): void {
  const page = request.headers.origin === undefined ? "another site" : JSON.stringify(request.headers.origin);
  refuse(request, response, `This endpoint takes no calls of the query protocol from pages of ${page}.`);
}

function refuse(request: IncomingMessage, response: ServerResponse, sentence: string): void {
  request.resume();
  response.writeHead(403, { "content-type": "text/plain; charset=utf-8" }).end(`${sentence}\n`);
}
