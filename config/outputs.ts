/**
 * What a stack says of itself: the names and addresses of its resources, by the names Pulumi exports them under. In the
 * environment each is a variable of the same name in capitals, so that a process can be told without any file.
 */
import { ConfigError, type Environment, textOf } from "./environment.ts";

/** Every output that a process needs. The Pulumi program exports exactly these, which its types see to. */
export const OUTPUTS = [
  "requests_table",
  "requests_queue_url",
  "requests_dlq_url",
  "requests_state_machine_arn",
  "products_table",
  "products_queue_url",
  "products_dlq_url",
  "products_state_machine_arn",
  "dynamodb_table",
  "sqs_queue_url",
  "task_queue_url",
  "notification_queue_url",
  "task_dlq_url",
  "results_bucket",
  "orders_state_machine_arn",
  "tasks_table",
  "tasks_queue_url",
  "tasks_dlq_url",
  "tasks_state_machine_arn",
  "idempotency_table",
  "failures_table",
] as const;

export type Outputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

/** Two outputs have the names that orders were asked for with; the table's variable is its own. */
const OTHER_VARIABLES: Readonly<Partial<Record<keyof Outputs, string>>> = { dynamodb_table: "DDB_TABLE" };

export function variableOf(output: keyof Outputs): string {
  return OTHER_VARIABLES[output] ?? output.toUpperCase();
}

/** The outputs as variables, to hand them to a process. */
export function asVariables(outputs: Outputs): Record<string, string> {
  return Object.fromEntries(OUTPUTS.map((output) => [variableOf(output), outputs[output]]));
}

/** Each output from its variable, else from what a stack has exported; what neither says is named. */
export function readOutputs(environment: Environment, exported: Readonly<Record<string, unknown>> = {}): Outputs {
  const found = (output: keyof Outputs) => {
    const text = textOf(environment, variableOf(output)) ?? exported[output];
    return typeof text === "string" && text !== "" ? text : undefined;
  };
  const missing = OUTPUTS.filter((output) => found(output) === undefined);
  if (missing.length > 0) {
    const variables = missing.map(variableOf).join(", ");
    throw new ConfigError(
      `No stack says where its resources are (${variables}): run "npm run up" (locally) or "pulumi up" first, or set these variables.`,
    );
  }
  return Object.fromEntries(OUTPUTS.map((output) => [output, found(output)])) as Outputs;
}
