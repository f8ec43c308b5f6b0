import { groupOperations } from "./logs/groups.ts";
import { putLogEvents } from "./logs/put-events.ts";
import { filterLogEvents, getLogEvents } from "./logs/read-events.ts";
import { streamOperations } from "./logs/streams.ts";
import type { Operation, Service } from "./service.ts";
import type { Store } from "./store.ts";

export { LOGS_SCHEMA } from "./logs/schema.ts";

/** CloudWatch Logs: groups, streams and their events, within a bound for each group. */
export function createLogs(store: Store, clock: () => number = Date.now): Service {
  return {
    name: "logs",
    target: "Logs_20140328",
    json: "1.1",
    query: undefined,
    operations: new Map<string, Operation>([
      ...groupOperations(store, clock),
      ...streamOperations(store, clock),
      ["PutLogEvents", (call) => putLogEvents(store, clock(), call)],
      ["GetLogEvents", (call) => getLogEvents(store, clock(), call)],
      ["FilterLogEvents", (call) => filterLogEvents(store, clock(), call)],
    ]),
  };
}
