/** Step Functions, as the API and the relay need it: executions by name, each a start that may be repeated. */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { Execution, Starter } from "../domain/relay.ts";

/** @param limitMs a call that takes longer is given up; the execution may have been started all the same */
export function starterOf(client: SFNClient, stateMachineArn: string, limitMs: number): Starter {
  return {
    start: async (name, input) => {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input }), { abortSignal: AbortSignal.timeout(limitMs) });
        return "started";
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return "exists";
        throw error;
      }
    },
    describe: async (name) => {
      try {
        const command = new DescribeExecutionCommand({ executionArn: executionArn(stateMachineArn, name) });
        return executionOf(await client.send(command, { abortSignal: AbortSignal.timeout(limitMs) }));
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
    },
  };
}

/** The address of an execution follows from its machine and its name, so it is known before it is started. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function executionOf({ status, error, cause }: { status?: Execution["status"]; error?: string; cause?: string }): Execution | undefined {
  if (status === undefined) return undefined;
  const why = [error, cause].filter((part) => part !== undefined && part !== "").join(": ");
  return why === "" ? { status } : { status, cause: why };
}
