import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsError } from "../../../local/errors.ts";
import type { JsonObject } from "../../../local/json.ts";
import { redriveTo, TestSqs } from "./harness.ts";
import { ModelQueue } from "./model.ts";

type Step =
  | { readonly kind: "send"; readonly group: string; readonly duplicateOf: number; readonly delay: number }
  | { readonly kind: "receive"; readonly limit: number; readonly visibility: number }
  | { readonly kind: "delete"; readonly handle: number }
  | { readonly kind: "hide"; readonly handle: number; readonly seconds: number }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "restart" };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      group: fc.constantFrom("a", "b", "c"),
      duplicateOf: fc.nat(40),
      delay: fc.constantFrom(0, 0, 5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("receive" as const),
      limit: fc.integer({ min: 1, max: 10 }),
      visibility: fc.constantFrom(0, 10, 30),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("delete" as const), handle: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("hide" as const), handle: fc.nat(1000), seconds: fc.constantFrom(0, 5, 60) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 5, 10, 30, 100, 250) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);

/** A handle that was given out: by which message and which of its receives. */
interface Given {
  readonly handle: string;
  readonly body: string;
  readonly receive: number;
}

/** Runs the same program on the real queue and on the model, and compares all that can be seen after every step. */
class Run {
  readonly #sqs: TestSqs;
  readonly #model: ModelQueue;
  readonly #url: string;
  readonly #given: Given[] = [];
  #sent = 0;

  constructor(sqs: TestSqs, model: ModelQueue, url: string) {
    this.#sqs = sqs;
    this.#model = model;
    this.#url = url;
  }

  async step(step: Step): Promise<void> {
    if (step.kind === "send") await this.#send(step.group, step.duplicateOf, step.delay);
    else if (step.kind === "receive") await this.#receive(step.limit, step.visibility);
    else if (step.kind === "delete") await this.#delete(step.handle);
    else if (step.kind === "hide") await this.#hide(step.handle, step.seconds);
    else if (step.kind === "pass") this.#sqs.pass(step.seconds);
    else this.#sqs.restart();
    await this.#receiveCountsAgree();
  }

  async #send(group: string, duplicateOf: number, delay: number): Promise<void> {
    const body = `message-${this.#sent++}`;
    const { isFifo } = this.#model;
    const deduplicationId = isFifo ? `id-${duplicateOf < this.#sent ? duplicateOf : this.#sent + 1000}` : undefined;
    const input: JsonObject = isFifo ? { MessageGroupId: group, MessageDeduplicationId: deduplicationId ?? "" } : { DelaySeconds: delay };
    await this.#sqs.send(this.#url, body, input);
    this.#model.send(body, isFifo ? group : undefined, deduplicationId, isFifo ? 0 : delay * 1000, this.#sqs.clock);
  }

  async #receive(asked: number, visibility: number): Promise<void> {
    // Which messages a full receive leaves for later is its own choice; where the model redrives it must see them all.
    const limit = this.#model.maxReceiveCount < Number.POSITIVE_INFINITY ? 10 : asked;
    const { clock } = this.#sqs;
    const received = await this.#sqs.receive(this.#url, { MaxNumberOfMessages: limit, VisibilityTimeout: visibility });
    this.#model.redrive(clock);
    const available = this.#model.available(clock);
    assert.equal(received.length, Math.min(limit, available.length), "as many as there are and are asked for");
    assert.equal(new Set(received.map(({ body }) => body)).size, received.length, "none twice");
    for (const { body, handle, attributes } of received) {
      const message = available.find((each) => each.body === body);
      assert.ok(message, `${body} may be received`);
      const earlier = available.filter((each) => each.group === message.group && each.sentAt <= message.sentAt);
      const before = earlier.slice(0, earlier.indexOf(message));
      if (this.#model.isFifo)
        assert.ok(
          before.every((each) => each.receivedAt === -1),
          `${body} comes after those before it`,
        );
      this.#model.received(message, visibility * 1000, clock);
      message.receivedAt = -1;
      assert.equal(attributes.ApproximateReceiveCount, String(message.receives));
      this.#given.push({ handle, body, receive: message.receives });
    }
    for (const message of available) if (message.receivedAt === -1) message.receivedAt = clock;
  }

  async #delete(index: number): Promise<void> {
    const given = this.#given[index % this.#given.length];
    if (given === undefined) return;
    const { state, message } = this.#model.handleState(given.body, given.receive, this.#sqs.clock);
    const refusal = await refusalOf(this.#sqs.delete(this.#url, given.handle));
    assert.equal(refusal, state === "stale" && this.#model.isFifo ? "InvalidParameterValue" : undefined);
    if (state === "current" && message !== undefined) this.#model.delete(message);
  }

  async #hide(index: number, seconds: number): Promise<void> {
    const given = this.#given[index % this.#given.length];
    if (given === undefined) return;
    const { state, message } = this.#model.handleState(given.body, given.receive, this.#sqs.clock);
    const refusal = await refusalOf(this.#sqs.hide(this.#url, given.handle, seconds));
    assert.equal(refusal, state === "current" ? undefined : "InvalidParameterValue");
    if (state === "current" && message !== undefined) message.visibleAt = this.#sqs.clock + seconds * 1000;
  }

  async #receiveCountsAgree(): Promise<void> {
    assert.deepEqual(await this.#sqs.counts(this.#url), this.#model.counts(this.#sqs.clock).map(String));
  }
}

async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error.queryCode;
    throw error;
  }
}

async function holds(isFifo: boolean, maxReceiveCount: number, steps: readonly Step[]): Promise<void> {
  const sqs = new TestSqs();
  try {
    const suffix = isFifo ? ".fifo" : "";
    const letters = await sqs.queue(`letters${suffix}`);
    const redrive = maxReceiveCount < Number.POSITIVE_INFINITY ? redriveTo(`letters${suffix}`, maxReceiveCount) : {};
    const url = await sqs.queue(`orders${suffix}`, { MessageRetentionPeriod: "600", ...redrive });
    const model = new ModelQueue(isFifo, maxReceiveCount);
    const run = new Run(sqs, model, url);
    for (const step of steps) await run.step(step);
    assert.equal((await sqs.counts(letters))[0], String(model.letters.length));
  } finally {
    sqs.close();
  }
}

describe("Random programs of sends, receives, deletions, changes, time and restarts", () => {
  for (const [what, isFifo] of [
    ["standard", false],
    ["FIFO", true],
  ] as const) {
    it(`go on a ${what} queue as on a list that is looked through whole`, async function () {
      this.timeout(120_000);
      const program = fc.array(STEP, { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(program, (steps) => holds(isFifo, Number.POSITIVE_INFINITY, steps)),
        { numRuns: 60 },
      );
    });

    it(`go on a ${what} queue with a dead-letter queue as on such a list`, async function () {
      this.timeout(120_000);
      const program = fc.array(STEP, { minLength: 1, maxLength: 30 });
      const few = program.filter((steps) => steps.filter(({ kind }) => kind === "send").length <= 10);
      await fc.assert(
        fc.asyncProperty(few, (steps) => holds(isFifo, 2, steps)),
        { numRuns: 60 },
      );
    });
  }
});
