/**
 * The executions of an event, as Step Functions tells of them: one, and another for each time it was tried again.
 *
 * What a state was given or gave is not shown: among it are task tokens, by which whoever has one could answer an execution.
 */
import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import { executionName } from "../../domain/ids.ts";
import { executionArn } from "../../workflows/starter.ts";

export interface ShownExecution {
  readonly arn: string;
  readonly attempt: number;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly why: string | undefined;
}

export interface ShownHistory {
  readonly definition: string | undefined;
  readonly events: readonly HistoryEvent[];
  /** Whether there are more than were read. */
  readonly isCut: boolean;
}

/** A caller waits so long for each; the rest of the page is shown without it. */
const CALL_MS_MAX = 3_000;
const ATTEMPTS_MAX = 10;
const EVENTS_MAX = 500;

/** The executions of an event, the first attempt first; none where it was not started yet, or they are kept no longer. */
export async function executionsOf(sfn: SFNClient, stateMachineArn: string, eventId: string): Promise<ShownExecution[]> {
  const found: ShownExecution[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const one = await executionOf(sfn, executionArn(stateMachineArn, executionName(eventId, attempt)), attempt);
    if (one === undefined) return found;
    found.push(one);
  }
  return found;
}

async function executionOf(sfn: SFNClient, arn: string, attempt: number): Promise<ShownExecution | undefined> {
  try {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }), limited());
    const why = [found.error, found.cause].filter((part) => part !== undefined && part !== "").join(": ");
    return {
      arn,
      attempt,
      status: found.status ?? "RUNNING",
      startedAt: found.startDate,
      endedAt: found.stopDate,
      why: why === "" ? undefined : why,
    };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

export async function historyOf(sfn: SFNClient, arn: string): Promise<ShownHistory> {
  const [machine, history] = await Promise.all([
    // An execution runs on the definition that it was started with, which may not be today's.
    sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: arn }), limited()),
    sfn.send(new GetExecutionHistoryCommand({ executionArn: arn, maxResults: EVENTS_MAX, includeExecutionData: false }), limited()),
  ]);
  return { definition: machine.definition, events: history.events ?? [], isCut: history.nextToken !== undefined };
}

function limited(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_MS_MAX) };
}
