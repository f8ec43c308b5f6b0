/** Starts of executions as spans of the call that asked for the change: its context is in what the execution is given. */
import type { Tracer } from "../config/tracing.ts";
import { originIn } from "../domain/event.ts";
import type { Starter } from "../domain/relay.ts";

/** @param by whose start it is: the API's own, or the relay's of what was left */
export function tracedStarter(starter: Starter, tracer: Tracer, { kind, by }: { kind: string; by: "api" | "relay" | "worker" }): Starter {
  if (!tracer.isOn) return starter;
  return {
    describe: starter.describe,
    start: (name, input) => {
      const attributes = {
        "rpc.system": "aws-api",
        "rpc.service": "SFN",
        "rpc.method": "StartExecution",
        "milepost.kind": kind,
        "milepost.execution": name,
        "milepost.started_by": by,
      };
      return tracer.span(`start ${kind}`, { kind: "client", parent: originIn(input).traceparent, attributes }, async (span) => {
        const result = await starter.start(name, input);
        span.set({ "milepost.outcome": result });
        return result;
      });
    },
  };
}
