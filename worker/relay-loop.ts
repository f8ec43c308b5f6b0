/** The relay of one kind, as a loop: every two seconds it starts what was left, and goes on at once while there is more. */
import { crashPoint } from "../config/crash-points.ts";
import type { Logger } from "../config/logger.ts";
import { originIn } from "../domain/event.ts";
import { closeFailure, eventFailureId, type FailureStore, keepGivenUp } from "../domain/failures.ts";
import type { FailureKeeper } from "../domain/giving-up.ts";
import { type Relayed, relayRound, type Starter } from "../domain/relay.ts";
import type { Counters } from "./counters.ts";
import { Loop } from "./loop.ts";
import type { WorkerKind } from "./step.ts";

export interface RelayLoopOptions {
  readonly kind: WorkerKind;
  readonly starter: Starter;
  readonly failures: FailureStore;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly random: () => number;
}

const PAUSE_MS = 2_000;

export function relayLoop({ kind, starter, failures, logger, counters, random }: RelayLoopOptions): Loop {
  const { ledger, deliver } = kind;
  const onRelayed = (relayed: Relayed) => logRelayed(logger, relayed);
  const options = { keeper: failureKeeper(failures), onRelayed, ...(deliver && { deliver }) };
  const interruptible = withCrashPoints(starter);
  const round = async () => {
    const { started, restarted, givenUp, errors, more } = await relayRound(ledger, interruptible, options);
    counters.add("worker_relay_started_total", started);
    counters.add("worker_relay_restarted_total", restarted);
    counters.add("worker_relay_given_up_total", givenUp);
    if (givenUp > 0) counters.add("events_failed_total", givenUp, ledger.kind.name);
    if (started + restarted + givenUp > 0) logger.info({ kind: ledger.kind.name, started, restarted, givenUp }, "relayed what was left");
    if (errors.length > 0) throw errors[0];
    // Several workers look at different moments, and none of them in step with another.
    return more ? 0 : PAUSE_MS * (0.75 + random() / 2);
  };
  const onFailed = () => counters.add("worker_relay_failed_rounds_total");
  return new Loop({ name: `relay of ${ledger.kind.name}`, round, onFailed, firstPauseMs: PAUSE_MS * random(), logger, random });
}

/** Starting what runs already is the same as starting it, and common in an outage: that is told to those who want all. */
function logRelayed(logger: Logger, { did, eventId, attempt, input, reason }: Relayed): void {
  const fields = { eventId, http: originIn(input).http, attempt };
  if (did === "started") logger.debug(fields, "the relay has started an execution, or found it running");
  else if (did === "restarted") logger.info(fields, "the relay has started another attempt");
  else logger.warn({ ...fields, reason }, "the relay has given an event up");
}

export function failureKeeper(failures: FailureStore): FailureKeeper {
  return {
    keep: async (event) => {
      await keepGivenUp(failures, event);
      crashPoint("relay:after-keep");
    },
    withdraw: async ({ kind, eventId, attempt }) => {
      await closeFailure(failures, { id: eventFailureId(kind, eventId), attempt }, "resolved");
    },
  };
}

function withCrashPoints({ start, describe }: Starter): Starter {
  return {
    start: async (name, input) => {
      crashPoint("relay:before-start");
      const result = await start(name, input);
      crashPoint("relay:after-start");
      return result;
    },
    describe,
  };
}
