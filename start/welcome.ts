import { type Environment, textOf } from "../config/environment.ts";
import type { Settings } from "../config/settings.ts";

/** What a new user sees when all is running: where things are, and one line to paste. */
export function welcome(settings: Settings, environment: Environment, tokenFile: string, tookMs: number): string {
  const api = `http://localhost:${settings.api.port}`;
  const isGiven = textOf(environment, "ADMIN_TOKEN") !== undefined || textOf(environment, "ADMIN_TOKEN_FILE") !== undefined;
  const endpoint = settings.endpoints.all;
  return `
Milepost is running (after ${(tookMs / 1000).toFixed(1)} s).

  API          ${api}   (${api}/docs shows it)
  console      ${api}/console   (the admin token opens it)
  AWS endpoint ${endpoint ?? `AWS, ${settings.region}`}${settings.embedded ? "   (its own; any AWS client works with it)" : ""}
  admin token  ${isGiven ? "the one you have set" : tokenFile}
${metricsLine(settings)}
  curl -s -X POST ${api}/requests -H 'Content-Type: application/json' -d '{"title":"test-job"}'

"npm run demo" plays a request's life and shows each answer; "-- products", "-- orders", "-- tasks" theirs.
Ctrl-C stops everything; the data stays.
`;
}

function metricsLine({ api, worker }: Settings): string {
  const shown = [api.metrics, worker.metrics].filter(({ port }) => port !== 0);
  return shown.length === 0 ? "" : `  metrics      ${shown.map(({ host, port }) => `http://${host}:${port}/metrics`).join(" and ")}\n`;
}
