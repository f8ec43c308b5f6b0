import assert from "node:assert/strict";
import fc from "fast-check";
import { consume } from "./support/consuming.ts";
import { FakeQueue } from "./support/fake-queue.ts";
import { pass, passUntil, withFakeTime } from "./support/time.ts";

/** What happens to one attempt at a message. */
const attempt = fc.record({ ms: fc.integer({ min: 0, max: 45_000 }), fails: fc.boolean() });
/** Whether the queue's next calls fail, and how: not carried out, carried out with the answer lost, or late. */
const faults = fc.array(fc.constantFrom("none", "none", "refused", "lost", "late"), { maxLength: 40 });

const LATE_MS = 3_000;
/** What the longest program takes, one message after the other. */
const ROUNDS_MAX = 500;

const program = fc.record({
  messages: fc.array(fc.array(attempt, { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
  faults,
  concurrency: fc.integer({ min: 1, max: 20 }),
  pollers: fc.integer({ min: 1, max: 3 }),
  stopAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
});

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("Consumer, whatever happens", () => {
  withFakeTime();

  it("deletes nothing that was not handled, leaves nothing undeleted that was, and keeps to its bounds", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(program, async ({ messages, faults, concurrency, pollers, stopAfterMs }) => {
        // Prepare
        const queue = new FakeQueue();
        const plans = new Map(messages.map((attempts, index) => [`m${index}`, attempts]));
        queue.put(...plans.keys());
        const planned = [...faults];
        let fault: string | undefined;
        queue.fault = () => {
          fault = planned.shift();
          if (fault === "refused") throw new Error("Connection refused.");
          return fault === "late" ? delay(LATE_MS) : undefined;
        };
        queue.lose = () => {
          if (fault === "lost") throw new Error("Connection reset.");
        };
        const handled = new Set<string>();
        const deletedUnhandled: string[] = [];
        let mostAtWork = 0;
        const start = () => {
          const { consumer } = consume(queue, {
            concurrency,
            pollers,
            handle: async ({ id, receives }) => {
              mostAtWork = Math.max(mostAtWork, consumer.atWork);
              const { ms, fails } = plans.get(id)?.[receives - 1] ?? { ms: 10, fails: false };
              await delay(ms);
              if (!queue.messages.has(id) && !handled.has(id)) deletedUnhandled.push(id);
              if (fails) throw new Error("It went wrong.");
              handled.add(id);
            },
          });
          return consumer;
        };
        // Act
        let consumer = start();
        if (stopAfterMs !== null) {
          await pass(stopAfterMs, 250);
          await passUntil(consumer.stop(20_000), 250);
          consumer = start();
        }
        for (let rounds = 0; queue.ids.length > 0 && rounds < ROUNDS_MAX; rounds++) await pass(10_000, 1_000);
        await passUntil(consumer.stop(1_000), 250);
        // Assess
        assert.deepEqual(deletedUnhandled, []);
        assert.deepEqual(queue.ids, [], "all were handled in the end, and are deleted");
        assert.equal(handled.size, plans.size);
        assert.ok(mostAtWork <= concurrency, `${mostAtWork} at work at once`);
      }),
      { numRuns: 50 },
    );
  });
});
