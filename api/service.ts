/** Whether the API lives, and whether it can serve. */
import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStateMachineCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { z } from "zod";
import { type Operation, operation } from "./operation.ts";

export interface ServiceOptions {
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly table: string;
  readonly stateMachineArn: string | undefined;
  readonly isDraining: () => boolean;
}

/** Whoever asks whether it is ready asks often, and waits for little. */
const CHECK_MS_MAX = 1_000;

/** What reads it reads as calls do, which describing the table would not. */
const NO_RECORD = { PK: { S: "READY" } };

const state = z.enum(["up", "down"]);
const dependencies = { dynamodb: state, stepFunctions: state };

export function serviceOperations(options: ServiceOptions): Operation[] {
  return [health(), ready(options)];
}

function health(): Operation {
  return operation({
    name: "getHealth",
    method: "GET",
    at: "/health",
    summary: "Says ok while the process lives, whatever it depends on.",
    access: "public",
    answers: { 200: { description: "It lives.", schema: z.literal("ok"), example: "ok" } },
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
    access: "public",
    answers: {
      200: {
        description: "It can serve; degraded means that executions start later.",
        schema: z.strictObject({ status: z.enum(["ready", "degraded"]), ...dependencies }),
        example: { status: "ready", dynamodb: "up", stepFunctions: "up" },
      },
      503: {
        description: "It cannot, or is ending.",
        schema: z.strictObject({ status: z.enum(["not ready", "draining"]), ...z.object(dependencies).partial().shape }),
        example: { status: "not ready", dynamodb: "down", stepFunctions: "up" },
        headers: { "retry-after": "After how many seconds to ask again" },
      },
    },
    handle: async () => {
      if (isDraining()) return { status: 503, body: { status: "draining" }, headers: { "retry-after": "5" } };
      const abortSignal = AbortSignal.timeout(CHECK_MS_MAX);
      const [tables, machines] = await Promise.all([
        isUp(dynamodb.send(new GetItemCommand({ TableName: table, Key: NO_RECORD }), { abortSignal })),
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
