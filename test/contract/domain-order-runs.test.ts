import assert from "node:assert/strict";
import { changeStatus } from "../../domain/changes.ts";
import { closeRun, markStep, markUndone, newMark, openLaterRun } from "../../domain/order-runs.ts";
import type { OrderStatus } from "../../domain/orders.ts";
import { changeByStep } from "../../domain/steps.ts";
import { uniqueName } from "./support/endpoint.ts";
import { newOrder, newOrdersGround, type OrdersGround, readBack } from "./support/orders.ts";

describe("An order's runs, on DynamoDB", function () {
  this.timeout(20_000);
  let ground: OrdersGround;
  let id: string;
  let first: string;
  let undone: string[];

  before(async () => {
    ground = await newOrdersGround();
  });
  after(() => ground?.drop());

  beforeEach(async () => {
    const event = await newOrder(ground.ledger, { amountCents: 100 });
    [id, first, undone] = [event.id, event.eventId, []];
  });

  const undo = async (run: string) => void undone.push(run);
  const open = (run: string) => openLaterRun(ground.ledger, { id, run, afterVersion: 1 }, undo);
  const mark = (run: string, outcome = "charged") => newMark(ground.ledger, { run, outcome, attempt: 1 });
  const moveTo = (to: OrderStatus) => changeByStep(ground.ledger, { id, to, changeId: uniqueName("step"), afterVersion: 1 });
  const state = async () => {
    const { record, order } = await readBack(ground.ledger, id);
    return { status: record.status, open: order.openRun, runs: order.runs };
  };

  it("leave marks while they are open, and none once they are closed", async () => {
    assert.ok(await markStep(ground.ledger, id, "payment", mark(first)));
    await closeRun(ground.ledger, id, first);

    assert.ok(!(await markStep(ground.ledger, id, "invoice", mark(first))));
    const { order } = await readBack(ground.ledger, id);
    assert.deepEqual([...order.marks.keys()], ["payment"]);
    await markUndone(ground.ledger, id, "refund", mark(first, "refunded"));
    assert.equal((await readBack(ground.ledger, id)).order.marks.get("refund")?.outcome, "refunded");
  });

  it("are closed by their name, which closes no later one, or whichever is open", async () => {
    await closeRun(ground.ledger, id, `${first}-r2`);
    assert.equal((await state()).open, first);

    await closeRun(ground.ledger, id);
    assert.equal((await state()).open, undefined);
    await closeRun(ground.ledger, id);
    await closeRun(ground.ledger, uniqueName("none"));
  });

  it("follow one another: all earlier ones are closed and undone, the last first, before one is open", async () => {
    // Prepare
    await moveTo("FAILED");
    assert.equal(await open(`${first}-r2`), true);
    await moveTo("FAILED");
    undone.length = 0;
    const seen: (string | undefined)[] = [];
    const look = async (run: string) => {
      undone.push(run);
      seen.push((await state()).open);
    };

    // Act
    const opened = await openLaterRun(ground.ledger, { id, run: `${first}-r3`, afterVersion: 1 }, look);

    // Assess
    assert.deepEqual([opened, undone, seen], [true, [`${first}-r2`, first], [undefined, undefined]]);
    assert.deepEqual(await state(), { status: "PENDING", open: `${first}-r3`, runs: [first, `${first}-r2`, `${first}-r3`] });
  });

  it("open once, however often that is asked, and undo nothing more when they are open", async () => {
    await moveTo("FAILED");
    await open(`${first}-r2`);
    const { version } = (await readBack(ground.ledger, id)).record;
    undone.length = 0;

    assert.equal(await open(`${first}-r2`), true);
    assert.deepEqual([undone, (await readBack(ground.ledger, id)).record.version], [[], version]);
  });

  it("open over one that was stopped by hand, wherever it had come to", async () => {
    for (const status of ["PENDING", "PAID"] as const) {
      const event = await newOrder(ground.ledger, { amountCents: 100 });
      [id, first, undone] = [event.id, event.eventId, []];
      if (status === "PAID") await moveTo("PAID");

      assert.equal(await open(`${first}-r2`), true);
      assert.deepEqual(undone, [first]);
      assert.deepEqual(await state(), { status: "PENDING", open: `${first}-r2`, runs: [first, `${first}-r2`] });
    }
  });

  it("do not open where the order is over, is being cancelled, or is not there", async () => {
    // Prepare
    const cancelled = await changeStatus(ground.ledger, { id, to: "CANCELLING", changeId: "cancel" });
    assert.equal(cancelled.outcome, "changed");

    // Assess
    assert.equal(await open(`${first}-r2`), false);
    await moveTo("CANCELLED");
    assert.equal(await open(`${first}-r2`), false);
    assert.deepEqual(await state(), { status: "CANCELLED", open: undefined, runs: [first] });
    id = uniqueName("none");
    assert.equal(await open(`${first}-r2`), false);
  });

  it("do not open where a cancellation comes while the earlier ones are being undone", async () => {
    for (const status of ["FAILED", "PENDING"] as const) {
      // Prepare
      const event = await newOrder(ground.ledger, { amountCents: 100 });
      [id, first] = [event.id, event.eventId];
      if (status === "FAILED") await moveTo("FAILED");
      const cancel = async () => {
        await changeStatus(ground.ledger, { id, to: "CANCELLING", changeId: "cancel" });
      };

      // Act
      const opened = await openLaterRun(ground.ledger, { id, run: `${first}-r2`, afterVersion: 1 }, cancel);

      // Assess
      const { status: now, open: run } = await state();
      assert.deepEqual([opened, now, run], [false, "CANCELLING", undefined]);
    }
  });

  it("are open one at a time, however many workers open the same one at once", async () => {
    // Prepare
    await moveTo("FAILED");

    // Act
    const opened = await Promise.all([1, 2, 3, 4].map(() => open(`${first}-r2`)));

    // Assess
    assert.deepEqual(opened, [true, true, true, true]);
    assert.deepEqual(await state(), { status: "PENDING", open: `${first}-r2`, runs: [first, `${first}-r2`] });
    const { record } = await readBack(ground.ledger, id);
    assert.equal(record.history.filter(({ type }) => type === "order.reopened").length, 1);
  });
});
