/** All operations there are, as in local mode, with nothing to carry them out: for whoever wants to know what they say of themselves. */
import { API_LIMITS, makeClients } from "../config/clients.ts";
import { makeLogger } from "../config/logger.ts";
import { OUTPUTS, readOutputs } from "../config/outputs.ts";
import { readSettings } from "../config/settings.ts";
import { operationsOf } from "./assembly.ts";
import { makeApiMetrics } from "./metrics.ts";
import type { Operation } from "./operation.ts";

const SECRET_BYTES = 32;

export function catalogue(metrics = makeApiMetrics()): Operation[] {
  const settings = readSettings({});
  return operationsOf({
    settings,
    secrets: { adminTokens: ["nobody's"], appSecrets: [Buffer.alloc(SECRET_BYTES)], jwtSecrets: [Buffer.alloc(SECRET_BYTES)] },
    outputs: readOutputs({}, Object.fromEntries(OUTPUTS.map((output) => [output, output]))),
    clients: makeClients(settings, API_LIMITS),
    logger: makeLogger("api", settings),
    metrics,
    isDraining: () => false,
  });
}
