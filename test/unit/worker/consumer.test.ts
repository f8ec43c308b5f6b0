import assert from "node:assert/strict";
import { consume, Gate, ids, TIMINGS } from "./support/consuming.ts";
import { FakeQueue } from "./support/fake-queue.ts";
import { pass, withFakeTime } from "./support/time.ts";

describe("Consumer", () => {
  withFakeTime();
  let queue: FakeQueue;
  let gate: Gate;
  beforeEach(() => {
    queue = new FakeQueue();
    gate = new Gate();
  });

  describe("receiving", () => {
    it("deletes a message once it was handled, and not before", async () => {
      // Prepare
      queue.put("m1");
      consume(queue, gate);
      // Act
      await pass(1_000);
      const before = queue.ids;
      gate.done("m1");
      await pass(100);
      // Assess
      assert.deepEqual(before, ["m1"]);
      assert.deepEqual(queue.ids, []);
    });

    it("has no more messages at work than its concurrency, and asks for no more than there is room for", async () => {
      // Prepare
      queue.put(...ids(30));
      const { consumer } = consume(queue, { ...gate, concurrency: 7 });
      // Act
      await pass(1_000);
      const atFirst = consumer.atWork;
      gate.done("m1", "m2");
      await pass(100);
      // Assess
      assert.deepEqual([atFirst, consumer.atWork, gate.begun.length], [7, 7, 9]);
      assert.deepEqual(
        queue
          .callsTo("receive")
          .map(({ count }) => count)
          .slice(0, 2),
        [4, 3],
      );
    });

    it("keeps a poll waiting beside one that has messages, so that none takes all places", async () => {
      // Prepare
      consume(queue, { ...gate, concurrency: 2 });
      // Act
      await pass(100);
      // Assess
      assert.deepEqual(
        queue.callsTo("receive").map(({ count }) => count),
        [1, 1],
      );
    });

    it("lets others pass a message that is slow", async () => {
      // Prepare
      queue.put(...ids(60));
      const { consumer } = consume(queue, { handle: (message) => (message.id === "m1" ? gate.handle(message) : Promise.resolve()) });
      // Act
      await pass(1_000);
      // Assess
      assert.deepEqual(queue.ids, ["m1"]);
      assert.equal(consumer.atWork, 1);
    });

    it("tries a queue that does not answer ever later, and says so once, and once when it answers again", async () => {
      // Prepare
      let isDown = true;
      queue.fault = () => {
        if (isDown) throw new Error("Connection refused.");
      };
      queue.put("m1");
      const { log } = consume(queue, { ...gate, pollers: 1 });
      // Act
      await pass(60_000);
      const tries = queue.callsTo("receive").map(({ at }) => at);
      isDown = false;
      await pass(6_000);
      // Assess
      const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
      assert.deepEqual(pauses.slice(0, 8), [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
      assert.deepEqual(log.messages, ["the queue does not answer; it is tried until it does", "the queue answers again"]);
      assert.deepEqual(gate.begun, ["m1"]);
    });
  });

  describe("keeping messages hidden", () => {
    it("hides those at work anew before they would show, in batches, and stops when they are done", async () => {
      // Prepare
      queue.put(...ids(12));
      consume(queue, gate);
      // Act
      await pass(60_000, 50);
      gate.done(...ids(12));
      await pass(30_000, 50);
      // Assess
      assert.equal(gate.begun.length, 12, "none was received twice");
      const calls = queue.callsTo("hide");
      assert.equal(calls.length, 14, "two batches each eight seconds");
      assert.ok(queue.hidings.every(({ seconds }) => seconds === TIMINGS.visibilitySeconds));
    });

    it("tries again soon what could not be hidden", async () => {
      // Prepare
      queue.put("m1");
      let failures = 5;
      queue.fault = (operation) => {
        if (operation === "hide" && failures-- > 0) throw new Error("Connection refused.");
      };
      consume(queue, gate);
      // Act
      await pass(60_000, 50);
      // Assess
      assert.deepEqual(gate.begun, ["m1"]);
    });

    it("does not let an extension under way undo the wait of a message that has failed", async () => {
      // Prepare
      queue.put("m1");
      const slow = Promise.withResolvers<void>();
      let isFirst = true;
      queue.fault = async (operation) => {
        if (operation !== "hide" || !isFirst) return;
        isFirst = false;
        await slow.promise;
      };
      consume(queue, gate);
      // Act
      await pass(9_000, 50);
      gate.fail("m1");
      await pass(1_000, 50);
      slow.resolve();
      await pass(1_000, 50);
      // Assess
      assert.deepEqual(
        queue.hidings.map(({ seconds }) => seconds),
        [30, 5],
      );
    });

    it("goes on with a message that another has by now", async () => {
      // Prepare
      queue.put("m1");
      queue.refuse = (operation) => (operation === "hide" ? "for good" : undefined);
      const { consumer } = consume(queue, gate);
      // Act
      await pass(9_000, 50);
      // Assess
      assert.equal(consumer.atWork, 1);
    });

    it("lets go of a message whose handler takes longer than any may, and frees its place", async () => {
      // Prepare
      queue.put("m1", "m2");
      const failed: string[] = [];
      const timings = { ...TIMINGS, taskTimeoutSeconds: 60 };
      const onFailed = async (_: unknown, error: unknown) => {
        failed.push(String(error));
        return 900;
      };
      consume(queue, { ...gate, concurrency: 1, pollers: 1, timings, onFailed });
      // Act
      await pass(70_000, 50);
      // Assess
      assert.deepEqual(failed, ["TooLong: It was not done after 60 seconds."]);
      assert.deepEqual(gate.begun, ["m1", "m2"]);
    });
  });

  describe("deleting", () => {
    it("deletes ten at a time what is done at about the same time", async () => {
      // Prepare
      queue.put(...ids(23));
      consume(queue, gate);
      await pass(200);
      // Act
      gate.done(...ids(23));
      await pass(100);
      // Assess
      assert.deepEqual(
        queue.callsTo("delete").map(({ count }) => count),
        [10, 10, 3],
      );
      assert.deepEqual(queue.ids, []);
    });

    it("tries again what of a batch was refused for now, and only that", async () => {
      // Prepare
      queue.put(...ids(3));
      const refusals = new Set(["m1", "m3"]);
      queue.refuse = (operation, id) => (operation === "delete" && refusals.delete(id) ? "for now" : undefined);
      consume(queue, { handle: async () => {} });
      // Act
      await pass(1_000);
      // Assess
      assert.deepEqual(
        queue.callsTo("delete").map(({ count }) => count),
        [3, 2],
      );
      assert.deepEqual(queue.ids, []);
    });

    it("does not try again what was refused for good: it comes again by itself", async () => {
      // Prepare
      queue.put(...ids(2));
      queue.refuse = (operation, id) => (operation === "delete" && id === "m1" ? "for good" : undefined);
      const { log } = consume(queue, gate);
      await pass(100);
      // Act
      gate.done("m1", "m2");
      await pass(29_000, 50);
      const calls = queue.callsTo("delete").length;
      await pass(2_000, 50);
      // Assess
      assert.equal(calls, 1);
      assert.deepEqual(log.messages, ["handled messages could not be deleted; they come again"]);
      assert.deepEqual(gate.begun, ["m1", "m2", "m1"]);
    });

    it("deletes in the end what the queue could not be told at first", async () => {
      // Prepare
      queue.put(...ids(4));
      let failures = 3;
      queue.fault = (operation) => {
        if (operation === "delete" && failures-- > 0) throw new Error("Connection reset.");
      };
      consume(queue, gate);
      await pass(100);
      // Act
      gate.done(...ids(4));
      await pass(5_000);
      // Assess
      assert.deepEqual(queue.ids, []);
      assert.equal(gate.begun.length, 4);
    });
  });

  describe("failures", () => {
    it("shows a message that failed again after the wait it was given", async () => {
      // Prepare
      queue.put("m1");
      consume(queue, { ...gate, onFailed: async ({ receives }) => receives * 3 });
      const begunAfter = async (ms: number) => {
        gate.fail("m1");
        await pass(ms);
        return gate.begun.length;
      };
      await pass(100);
      // Act
      const counts = [await begunAfter(2_900), await begunAfter(200), await begunAfter(5_900), await begunAfter(200)];
      // Assess
      assert.deepEqual(counts, [1, 2, 2, 3]);
    });

    it("takes ever fewer messages while all of them fail, and all it can again once one does not", async () => {
      // Prepare
      queue.put(...ids(2_000));
      let isDown = true;
      const begun: string[] = [];
      const handle = async ({ id }: { readonly id: string }) => {
        begun.push(id);
        if (isDown) throw new Error("Step Functions is down.");
      };
      consume(queue, { handle, onFailed: async () => 600 });
      // Act
      await pass(30_000, 50);
      const inOutage = begun.length;
      isDown = false;
      await pass(10_000, 50);
      // Assess
      assert.ok(inOutage < 500, `${inOutage} lost an attempt`);
      assert.equal(begun.length, 2_000);
    });

    it("hides a message for its visibility where even noting its failure fails", async () => {
      // Prepare
      queue.put("m1");
      const onFailed = () => Promise.reject(new Error("The table is gone."));
      consume(queue, { handle: () => Promise.reject(new Error("no")), onFailed });
      // Act
      await pass(100);
      // Assess
      assert.deepEqual(
        queue.hidings.map(({ seconds }) => seconds),
        [30],
      );
    });
  });

  describe("stopping", () => {
    it("receives nothing more, finishes what is at work, and has deleted it by then", async () => {
      // Prepare
      queue.put(...ids(3));
      const { consumer } = consume(queue, gate);
      await pass(100);
      // Act
      const stopped = consumer.stop(25_000);
      queue.put("late");
      await pass(5_000);
      gate.done(...ids(3));
      await pass(100);
      // Assess
      assert.deepEqual(await stopped, { unfinished: 0 });
      assert.deepEqual(queue.ids, ["late"]);
      assert.equal(gate.begun.length, 3);
    });

    it("does not wait for polls that are idle", async () => {
      // Prepare
      const { consumer } = consume(queue, gate);
      await pass(1_000);
      // Act
      const stopped = consumer.stop(25_000);
      await pass(10);
      // Assess
      assert.deepEqual(await stopped, { unfinished: 0 });
    });

    it("gives back at once what a last poll brings, and does not begin it", async () => {
      // Prepare
      const answered = Promise.withResolvers<void>();
      queue.receive = async function (this: FakeQueue, max: number) {
        await answered.promise;
        return FakeQueue.prototype.receive.call(this, max, new AbortController().signal);
      };
      queue.put("m1");
      const { consumer } = consume(queue, { ...gate, pollers: 1 });
      await pass(100);
      // Act
      const stopped = consumer.stop(25_000);
      answered.resolve();
      await pass(100);
      // Assess
      assert.deepEqual(await stopped, { unfinished: 0 });
      assert.deepEqual(gate.begun, []);
      assert.deepEqual(
        queue.hidings.map(({ id, seconds }) => ({ id, seconds })),
        [{ id: "m1", seconds: 0 }],
      );
    });

    it("is not held up by a handler that hangs: its message goes back to the queue, and that is no failure of it", async () => {
      // Prepare
      queue.put("m1", "m2");
      const failures: string[] = [];
      const { consumer } = consume(queue, {
        ...gate,
        onFailed: async ({ id }) => {
          failures.push(id);
          return 5;
        },
      });
      await pass(100);
      gate.done("m2");
      // Act
      const stopped = consumer.stop(5_000);
      await pass(5_100);
      // Assess
      assert.deepEqual(await stopped, { unfinished: 1 });
      assert.deepEqual(
        queue.hidings.map(({ id, seconds }) => ({ id, seconds })),
        [{ id: "m1", seconds: 0 }],
      );
      assert.deepEqual(failures, []);
    });

    it("ends in time even where the queue does not answer any more", async () => {
      // Prepare
      queue.put("m1", "m2");
      const { consumer } = consume(queue, gate);
      await pass(100);
      queue.fault = () => new Promise(() => {});
      gate.done("m2");
      // Act
      const stopped = consumer.stop(5_000);
      await pass(8_100);
      // Assess
      assert.deepEqual(await stopped, { unfinished: 1 });
    });
  });
});
