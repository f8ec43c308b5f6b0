/** All that the API can do, without anything it would do it with: to look at what the operations say of themselves. */
import { operationsOf } from "../../api/assembly.ts";
import type { Operation } from "../../api/operation.ts";
import { API_LIMITS, makeClients } from "../../config/clients.ts";
import { OUTPUTS, readOutputs } from "../../config/outputs.ts";
import { readSettings } from "../../config/settings.ts";
import { captureLog } from "./log.ts";

export function makeOperations(): Operation[] {
  const settings = readSettings({});
  return operationsOf({
    settings,
    secrets: { adminToken: "the-administrators", appSecret: Buffer.alloc(32), jwtSecret: Buffer.alloc(32, "j") },
    outputs: readOutputs({}, Object.fromEntries(OUTPUTS.map((output) => [output, output]))),
    clients: makeClients(settings, API_LIMITS),
    logger: captureLog().logger,
    isDraining: () => false,
  });
}
