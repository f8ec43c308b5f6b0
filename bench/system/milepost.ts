/** Milepost as `npm start` runs it, on a directory and on ports of its own. */
import { readRunFile } from "../../start/run-file.ts";
import { answers, freePort, ManagedProcess } from "../../test/support/managed-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { ADMIN_TOKEN, type Contender } from "./contender.ts";

export interface MilepostContender extends Contender {
  readonly endpointUrl: string;
}

/** @param variables settings that are none of its defaults */
export async function startMilepost(variables: Readonly<Record<string, string>> = {}): Promise<MilepostContender> {
  const directory = benchDirectory();
  const environment = { ...(await ownEnvironment(directory)), ...variables };
  const url = `http://127.0.0.1:${environment.API_PORT}`;
  const process = new ManagedProcess({
    name: "milepost",
    command: ["start/main.ts"],
    environment,
    isReady: async (log) => log.includes("Milepost is running") && (await answers(`${url}/health`)),
  });
  await process.start();
  const system = readRunFile(directory);
  if (system?.endpoint === undefined) throw new Error("Milepost has not noted what runs.");
  return {
    name: "Milepost",
    url,
    adminToken: ADMIN_TOKEN,
    endpointUrl: `http://127.0.0.1:${environment.ENDPOINT_PORT}`,
    processes: [
      { name: "API", pid: system.api.pid },
      { name: "worker", pid: system.worker.pid },
      { name: "endpoint", pid: system.endpoint.pid },
      { name: "supervisor", pid: system.pid },
    ],
    stop: async () => {
      await process.stop();
      removeDirectory(directory);
    },
  };
}

/** Nothing of the machine's own Milepost is touched, and no other endpoint that the environment may name. */
export async function ownEnvironment(directory: string) {
  const [api, endpoint] = [await freePort(), await freePort()];
  return {
    MILEPOST_DIR: directory,
    API_PORT: String(api),
    ENDPOINT_PORT: String(endpoint),
    ADMIN_TOKEN,
    APP_PUBLIC_BASE_URL: `http://127.0.0.1:${api}`,
    API_METRICS_PORT: "0",
    WORKER_METRICS_PORT: "0",
    AWS_ENDPOINT_URL: "",
    DYNAMODB_ENDPOINT: "",
    SQS_ENDPOINT: "",
    STEPFUNCTIONS_ENDPOINT: "",
  };
}
