import { readSeconds } from "./durations.ts";
import type { Context, Fields } from "./fields.ts";
import { checkIntegration } from "./integration.ts";
import { readResultPath } from "./paths.ts";
import { checkTemplate } from "./payload.ts";
import type { CommonState, TaskState, Transition } from "./program.ts";
import { parseResource } from "./resources.ts";
import { readCatchers, readRetriers } from "./retry.ts";
import { readResultSelector } from "./selectors.ts";

export function readTask(context: Context, fields: Fields, common: CommonState, transition: Transition): TaskState {
  const parameters = fields.get("Parameters");
  if (parameters !== undefined) checkTemplate(context, parameters, fields.place("Parameters"));
  const args = fields.get("Arguments");
  if (args !== undefined) checkTemplate(context, args, fields.place("Arguments"));
  return {
    ...common,
    type: "Task",
    resource: readResource(context, fields),
    parameters,
    arguments: args,
    credentials: readCredentials(context, fields),
    resultSelector: readResultSelector(context, fields),
    resultPath: readResultPath(fields),
    ...readLimits(context, fields),
    retry: readRetriers(context, fields),
    catch: readCatchers(context, fields),
    transition,
  };
}

function readResource(context: Context, fields: Fields): string {
  if (!fields.required("Resource")) return "";
  const arn = fields.string("Resource") ?? "";
  const resource = parseResource(arn);
  if ("problem" in resource) {
    if (resource.uncovered) context.report.uncovered(resource.problem, fields.place("Resource"));
    else context.report.schema(resource.problem, fields.place("Resource"));
  } else checkIntegration(context, fields, arn, resource);
  return arn;
}

/** TimeoutSeconds and HeartbeatSeconds; where both are written out, the heartbeat must be able to come first. */
function readLimits(context: Context, fields: Fields): Pick<TaskState, "timeout" | "heartbeat"> {
  const timeout = readSeconds(context, fields, "TimeoutSeconds", 1);
  const heartbeat = readSeconds(context, fields, "HeartbeatSeconds", 1);
  if (timeout !== undefined && "seconds" in timeout && heartbeat !== undefined && "seconds" in heartbeat) {
    if (heartbeat.seconds >= timeout.seconds) {
      context.report.schema("'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", fields.place("HeartbeatSeconds"));
    }
  }
  return { timeout, heartbeat };
}

function readCredentials(context: Context, fields: Fields): TaskState["credentials"] {
  const credentials = fields.object("Credentials");
  if (credentials === undefined) return undefined;
  const at = fields.place("Credentials");
  if (!("RoleArn" in credentials) && !("RoleArn.$" in credentials)) {
    context.report.schema("The field 'RoleArn' is required but was missing", at);
  }
  checkTemplate(context, credentials, at);
  return credentials;
}
