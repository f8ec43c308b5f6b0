/** Whether the API lives, and whether it can serve. */
import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeStateMachineCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { z } from "zod";
import { type Operation, operation } from "./operation.ts";

export interface ServiceOptions {
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly table: string;
  readonly stateMachineArn: string;
  readonly isDraining: () => boolean;
}

/** Whoever asks whether it is ready asks often, and waits for little. */
const CHECK_MS_MAX = 1_000;

const state = z.enum(["up", "down"]);

export function serviceOperations(options: ServiceOptions): Operation[] {
  return [health(), ready(options)];
}

function health(): Operation {
  return operation({
    name: "getHealth",
    method: "GET",
    at: "/health",
    summary: "Says ok while the process lives, whatever it depends on.",
    access: "anyone",
    answers: { 200: { description: "It lives.", schema: z.literal("ok") } },
    handle: async () => ({ status: 200, body: "ok" }),
  });
}

/** Without Step Functions changes are made all the same, and started later; without DynamoDB nothing works. */
function ready({ dynamodb, sfn, table, stateMachineArn, isDraining }: ServiceOptions): Operation {
  return operation({
    name: "getReadiness",
    method: "GET",
    at: "/ready",
    summary: "Says whether it can serve, and which of its dependencies are up.",
    access: "anyone",
    answers: {
      200: { description: "It can serve.", schema: z.object({ status: z.string(), dynamodb: state, stepFunctions: state }) },
      503: { description: "It cannot, or is ending.", schema: z.object({ status: z.string() }) },
    },
    handle: async () => {
      if (isDraining()) return { status: 503, body: { status: "draining" }, headers: { "retry-after": "5" } };
      const abortSignal = AbortSignal.timeout(CHECK_MS_MAX);
      const [tables, machines] = await Promise.all([
        isUp(dynamodb.send(new DescribeTableCommand({ TableName: table }), { abortSignal })),
        isUp(sfn.send(new DescribeStateMachineCommand({ stateMachineArn }), { abortSignal })),
      ]);
      const parts = { dynamodb: tables ? "up" : "down", stepFunctions: machines ? "up" : "down" };
      if (!tables) return { status: 503, body: { status: "not ready", ...parts }, headers: { "retry-after": "1" } };
      return { status: 200, body: { status: machines ? "ready" : "degraded", ...parts } };
    },
  });
}

async function isUp(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch {
    return false;
  }
}
