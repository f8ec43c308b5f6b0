import { endpointKind } from "./endpoint.ts";

/**
 * Where LocalStack 4.14.0 is known to differ from AWS, each with the reason. A test states what AWS does and, beside it,
 * what LocalStack does instead: never less than an exact expectation of each, so a deviation that goes away is noticed.
 */
const DEVIATIONS = {
  "redrive-needs-a-licence": "RedriveExecution is not part of its community edition and fails with InternalFailure.",
  "stop-leaves-a-waiting-token-running": "StopExecution while a task token waits leaves the execution RUNNING, its token accepted.",
  "stop-waits-for-a-running-call": "StopExecution while a Task state's call runs leaves the execution RUNNING until the call ends.",
  "sdk-exceptions-are-spelt-as-the-service": "An aws-sdk task's exception is named SQS.…, where AWS names it Sqs.… as its own SDK does.",
  "calls-are-not-checked-at-create": "A machine is created whose Task calls what its service does not have.",
  "invalid-token-is-worded-shortly": "A token that is none is refused with `Invalid token` instead of `Invalid Token: 'Invalid token'`.",
  "stop-right-after-start-fails": "StopExecution right after the start ends the execution FAILED with States.Runtime, not ABORTED.",
  "heartbeat-ends-as-timeout": "A missed heartbeat is States.Timeout, so a Catch on States.HeartbeatTimeout never fires.",
  "used-token-is-invalid": "A second SendTaskSuccess is refused with InvalidToken, where AWS says TaskTimedOut or TaskDoesNotExist.",
  "late-task-failure-is-accepted": "SendTaskFailure for a token that has been used answers 200.",
  "bad-output-fails-the-execution":
    "An output that is no JSON is accepted for a live token and fails the execution, where AWS refuses the call.",
  "heartbeat-needs-heartbeat-seconds": "SendTaskHeartbeat is refused with InvalidToken for a task without HeartbeatSeconds.",
  "history-is-not-paged": "GetExecutionHistory ignores maxResults.",
  "input-size-is-not-limited": "An input over 256 KiB is accepted.",
  "absent-queue-is-unreachable":
    "Sending to a queue that does not exist fails with SQS.SdkClientException, not SQS.QueueDoesNotExistException.",
  "token-is-kept-over-retries":
    "A task without a heartbeat that is retried gets the token of its first attempt again, which is refused as used.",
  "token-of-a-timed-out-task-is-invalid": "The token of a task whose time is over is refused with InvalidToken, not TaskTimedOut.",
  "names-may-have-spaces": "An execution's name may have spaces.",
  "stop-reasons-are-lost": "DescribeExecution of a stopped execution tells neither error nor cause.",
  "first-input-is-spaced": "The input stands in the history's first event with a space after each colon and comma, however it came.",
  "message-bodies-are-spaced": "A message body given as JSON is sent with a space after each colon and comma.",
  "no-choice-is-a-runtime-error": "A Choice where nothing matches fails with States.Runtime, not States.NoChoiceMatched.",
  "jsonata-failures-are-runtime-errors":
    "A JSONata expression that fails ends the execution with States.Runtime, not States.QueryEvaluationError.",
  "stale-handle-deletes": "The receipt handle of an earlier receive deletes a message that was received again.",
  "left-poll-takes-a-message": "A poll whose client has left still takes the next message, which is hidden for nobody.",
  "dead-letter-target-is-not-checked": "A redrive policy may name a dead-letter queue that does not exist.",
  "reserved-bucket-names-are-taken": "CreateBucket takes names with the prefix xn--, which S3 keeps to itself.",
  "anonymous-callers-read": "Objects of a private bucket are read without any credentials.",
  "signatures-are-not-checked":
    "Presigned addresses are served whatever their signature and time, as long as S3_SKIP_SIGNATURE_VALIDATION is on.",
  "bad-continuation-token-fails": "A continuation token that is none is answered with 500 InternalError.",
  "listed-spaces-are-percent-encoded": "A space in a listed key is encoded as %20, not as a plus sign.",
  "attachments-are-counted-by-call": "A policy attached twice to one role counts as two attachments.",
  "attached-policies-are-deleted": "DeletePolicy deletes a policy that is attached to a role.",
  "filter-pattern-is-ignored": "FilterLogEvents answers every event, whatever the filter pattern.",
  "too-old-index-is-inclusive": "The end of the events that are too old is the last one's index, not the one after it.",
  "dynamodb-local-words-errors-differently": "DynamoDB Local words some refusals in its own way: the same code, less said.",
  "changes-trickle": "A few changes a second are carried out, so few of their messages are done with at the same moment.",
  "role-is-not-checked": "A role that does not exist is accepted.",
} as const;

export type Deviation = keyof typeof DEVIATIONS;

type Expectation = () => void | Promise<void>;

interface Alternative {
  readonly deviation: Deviation;
  readonly expectation: Expectation;
}

const used = new Map<Deviation, number>();

/** Checks what AWS does; against LocalStack, where it is known to differ, checks what that does instead. */
export async function awsExpects(expectation: Expectation, otherwise?: Alternative): Promise<void> {
  if (otherwise === undefined || endpointKind() !== "localstack") return expectation();
  used.set(otherwise.deviation, (used.get(otherwise.deviation) ?? 0) + 1);
  await otherwise.expectation();
}

export function whereLocalStack(deviation: Deviation, expectation: Expectation): Alternative {
  return { deviation, expectation };
}

after("the summary of deviations", () => {
  if (used.size === 0) return;
  console.log(`\nLocalStack deviations met (what it does instead was asserted each time):`);
  for (const [deviation, times] of used) console.log(`  ${deviation} × ${times}: ${DEVIATIONS[deviation]}`);
});
