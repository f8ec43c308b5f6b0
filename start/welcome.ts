import { type Environment, textOf } from "../config/environment.ts";
import type { Settings } from "../config/settings.ts";

/** What a new user sees when all is running: where things are, and one line to paste. */
export function welcome(settings: Settings, environment: Environment, tokenFile: string, tookMs: number): string {
  const api = `http://localhost:${settings.api.port}`;
  const isGiven = textOf(environment, "ADMIN_TOKEN") !== undefined || textOf(environment, "ADMIN_TOKEN_FILE") !== undefined;
  const endpoint = settings.endpoints.all;
  return `
Milepost is running (after ${(tookMs / 1000).toFixed(1)} s).

  API          ${api}   (${api}/health)
  AWS endpoint ${endpoint ?? `AWS, ${settings.region}`}${settings.embedded ? "   (its own; any AWS client works with it)" : ""}
  admin token  ${isGiven ? "the one you have set" : tokenFile}

  curl -s -X POST ${api}/requests -H 'Content-Type: application/json' -d '{"title":"test-job"}'

"npm run demo" plays a request's life and shows each answer. Ctrl-C stops everything; the data stays.
`;
}
