import type { IncomingMessage, ServerResponse } from "node:http";
import { escapeXml } from "./protocol/xml.ts";

/** What the health page tells: that the endpoint runs, since when, on which data, and which operations it covers. */
export interface Coverage {
  readonly version: string;
  readonly startedAt: string;
  readonly directory: string;
  /** Service name → names of the operations covered. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

export function answerHealth(request: IncomingMessage, response: ServerResponse, coverage: Coverage): void {
  const wantsPage = request.headers.accept?.includes("text/html") === true;
  const body = wantsPage ? page(coverage) : `${JSON.stringify({ status: "running", pid: process.pid, ...coverage }, null, 2)}\n`;
  response.writeHead(200, {
    "content-type": wantsPage ? "text/html; charset=utf-8" : "application/json",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function page(coverage: Coverage): string {
  const services = Object.entries(coverage.services)
    .map(
      ([name, operations]) =>
        `<h2>${escapeXml(name)}</h2><p>${operations.map((operation) => `<code>${escapeXml(operation)}</code>`).join(" ")}</p>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Milepost endpoint</title><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}
h2{margin:1.4rem 0 .2rem;font-size:1.05rem}code{background:#eef1f5;border-radius:4px;padding:.1rem .35rem;margin:.1rem;display:inline-block;font-size:.85rem}</style></head>
<body><h1>Milepost's embedded AWS endpoint is running</h1>
<p>Version ${escapeXml(coverage.version)}, process ${process.pid}, since ${escapeXml(coverage.startedAt)}, data in <code>${escapeXml(coverage.directory)}</code>.
Any other operation is answered with <code>UnknownOperationException</code>.</p>
${services}
</body></html>
`;
}
