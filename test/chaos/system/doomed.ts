import { SendTaskFailureCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { eventIdOf, executionName } from "../../../domain/ids.ts";
import type { Ledger } from "../../../domain/ledger.ts";
import { relayRound } from "../../../domain/relay.ts";
import { requests } from "../../../domain/requests.ts";
import { failureKeeper } from "../../../worker/relay-loop.ts";
import { taskTokenOf } from "../../../workflows/message.ts";
import { starterOf } from "../../../workflows/starter.ts";
import { inTurns } from "../../support/in-turns.ts";
import type { TestSystem } from "../../support/system.ts";
import { ask } from "./asking.ts";
import { Tally } from "./records.ts";
import { settle } from "./settle.ts";

/** The change whose first executions fail. */
export const DOOMED_VERSION = 2;

export const CALL_MS_MAX = 5_000;
/** A relay of the test's own need not wait for leases to end: its clock goes on by this from round to round. */
const NEXT_LEASE_MS = 120_000;

/** Requests each with a change whose first executions have failed before it was made, so that the relay counts them one after the other. */
export class DoomedChanges extends Tally {
  readonly ids: string[] = [];
}

/** Makes them with no worker running; whoever wants one starts it. */
export async function makeDoomed(system: TestSystem, count: number, failedExecutions: number): Promise<DoomedChanges> {
  const doomed = new DoomedChanges();
  const { adminToken: bearer, url } = system;
  const all = Array.from({ length: count }, (_, index) => index);
  await inTurns(all, async (index) => {
    const answer = await ask(doomed, true, { method: "POST", url: `${url}/requests`, bearer, body: { title: `doomed ${index}` } });
    doomed.ids.push(String(answer?.body.requestId));
  });
  await settle(system, { requests: doomed });
  await Promise.all(system.workers.map((worker) => worker.end()));
  await failInAdvance(system, doomed.ids, failedExecutions);
  await inTurns(doomed.ids, async (id) => {
    doomed.attempted++;
    const call = { method: "PATCH", url: `${url}/requests/${id}/status`, bearer, body: { status: "IN_PROGRESS" } };
    const answer = await ask(doomed, true, call);
    if (answer?.status === 200) doomed.acknowledged++;
    else if (answer !== undefined) doomed.complain(`the change of ${id}`, answer);
  });
  return doomed;
}

/** Has the relay give them up, in a few rounds that do not wait for one another. */
export async function giveUp({ clients, outputs }: TestSystem, { ids }: DoomedChanges): Promise<void> {
  let ahead = NEXT_LEASE_MS;
  const clock = () => Date.now() + ahead;
  const ledger: Ledger = { kind: requests, table: outputs.requests_table, client: clients.dynamodb, clock, random: () => 0 };
  const starter = starterOf(clients.sfn, outputs.requests_state_machine_arn, CALL_MS_MAX);
  const keeper = failureKeeper({ table: outputs.failures_table, client: clients.dynamodb, clock });
  for (let givenUp = 0; givenUp < ids.length; ahead += NEXT_LEASE_MS) {
    const round = await relayRound(ledger, starter, { keeper });
    if (round.errors.length > 0) throw round.errors[0];
    if (round.leased === 0) throw new Error(`${givenUp} of ${ids.length} changes were given up; the others are not pending.`);
    givenUp += round.givenUp;
  }
}

/** Takes the names of their first executions, and ends each as a worker would that cannot do its step. */
async function failInAdvance({ clients: { sfn, sqs }, outputs }: TestSystem, ids: readonly string[], count: number): Promise<void> {
  const { requests_state_machine_arn: stateMachineArn, requests_queue_url: QueueUrl } = outputs;
  const attempts = Array.from({ length: count }, (_, index) => index + 1);
  const names = ids.flatMap((id) => attempts.map((attempt) => executionName(eventIdOf(id, DOOMED_VERSION), attempt)));
  await inTurns(names, (name) => sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: "{}" })));
  for (let failed = 0; failed < names.length; ) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5, VisibilityTimeout: 60 }),
    );
    if (messages.length === 0) throw new Error(`${failed} of ${names.length} executions came into the queue.`);
    await inTurns(messages, async ({ Body = "", ReceiptHandle }) => {
      const taskToken = taskTokenOf(Body);
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: "Doomed", cause: "A test has it fail." }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    });
    failed += messages.length;
  }
}
