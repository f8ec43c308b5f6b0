import assert from "node:assert/strict";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { changeStatus } from "../../domain/changes.ts";
import { type ChangeEvent, formatInput } from "../../domain/event.ts";
import type { Failure } from "../../domain/failure.ts";
import { listFailures, readFailure } from "../../domain/failures.ts";
import { historyShown, type Wanted } from "../../domain/order.ts";
import { redriveFailure } from "../../domain/redrive.ts";
import { executionArn } from "../../workflows/starter.ts";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";
import {
  hasStatus,
  item,
  newOrder,
  newOrdersGround,
  newProduct,
  type OrdersGround,
  paymentsOf,
  readBack,
  stockOf,
} from "./support/orders.ts";
import { ended, historyOf } from "./support/stepfunctions.ts";
import { type Meddling, type RunningWorker, startExecution, startWorker } from "./support/worker.ts";

const AMOUNT: Wanted = { amountCents: 99_900 };

describe("A worker with orders", function () {
  this.timeout(60_000);
  let ground: OrdersGround;
  let workers: RunningWorker[];

  before(async () => {
    ground = await newOrdersGround({ VISIBILITY_SECONDS: "2", EXTEND_SECONDS: "1" });
  });
  beforeEach(() => {
    workers = [];
  });
  afterEach(async () => {
    for (const worker of workers) await worker.end();
  });
  after(() => ground?.drop());

  const work = (meddling: Meddling = {}, variables: Record<string, string> = {}): RunningWorker => {
    const worker = startWorker({ ...ground, environment: { ...ground.environment, ...variables } }, meddling, () => 0);
    workers.push(worker);
    return worker;
  };
  const placed = async (wanted: Wanted): Promise<{ id: string; event: ChangeEvent; arn: string }> => {
    const event = await newOrder(ground.ledger, wanted);
    return { id: event.id, event, arn: await startExecution(ground, event) };
  };
  const outcomesOf = async (id: string) => {
    const { order } = await readBack(ground.ledger, id);
    return Object.fromEntries([...order.marks].map(([step, { outcome }]) => [step, outcome]));
  };
  const openFailures = async (recordId: string): Promise<readonly Failure[]> =>
    (await listFailures(ground.failures, "orders", 100)).failures.filter((failure) => failure.recordId === recordId);
  const cancel = async (id: string) => {
    const result = await changeStatus(ground.ledger, { id, to: "CANCELLING", changeId: uniqueName("cancel") });
    assert.ok(result.outcome === "changed");
    return result.event;
  };
  /** Throws in place of writes of payments, while the switch is on. */
  const cardDown = (isDown: () => boolean): Meddling => ({
    PutItemCommand: (input) => {
      if (isDown() && JSON.stringify(input).includes('"PAYMENT#') && JSON.stringify(input).includes("amountCents"))
        throw new Error("the provider is down");
    },
  });

  it("completes an order by five steps, each a state of the one execution", async () => {
    // Prepare
    work();
    // Act
    const { id, arn } = await placed({ items: [item("Laptop", 1), item("Mouse", 2)], promoCode: "SAVE10" });
    const { status } = await ended(arn);
    // Assess
    const { record, order } = await hasStatus(ground.ledger, id, "COMPLETED");
    assert.equal(status, "SUCCEEDED");
    const entered = (await historyOf(arn))
      .filter(({ type }) => type === "TaskStateEntered")
      .map((event) => event.stateEnteredEventDetails?.name);
    assert.deepEqual(entered.sort(), ["Fraud", "Inventory", "Invoice", "Notify", "Payment"]);
    assert.deepEqual(await outcomesOf(id), {
      inventory: "reserved",
      fraud: "passed",
      payment: "charged",
      invoice: "stored",
      notification: "sent",
    });
    assert.deepEqual(
      record.history.map(({ to }) => to),
      ["PENDING", "PAID", "COMPLETED"],
    );
    assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "charged" });
    assert.equal(order.totalCents, 2_700);
  });

  it("stores the invoice as JSON and as a page", async () => {
    // Prepare
    work();
    // Act
    const { id, arn } = await placed({ items: [item("Laptop", 1)] });
    await ended(arn);
    // Assess
    const read = async (form: string) => {
      const object = await aws().s3.send(new GetObjectCommand({ Bucket: ground.outputs.results_bucket, Key: `invoices/${id}.${form}` }));
      return [object.ContentType, await object.Body?.transformToString()] as const;
    };
    const [type, json = ""] = await read("json");
    const invoice: unknown = JSON.parse(json);
    assert.equal(type, "application/json");
    assert.ok(typeof invoice === "object" && invoice !== null && "total" in invoice && "order_id" in invoice);
    assert.deepEqual([invoice.order_id, invoice.total], [id, 10]);
    const [pageType, page = ""] = await read("html");
    assert.equal(pageType, "text/html; charset=utf-8");
    assert.ok(page.includes("<h1>Invoice</h1>") && page.includes(id));
  });

  it("rejects what the card declines, and gives the stock back", async () => {
    // Prepare
    const name = uniqueName("Declined");
    const product = await newProduct(ground.stock, name, 5);
    work();
    // Act
    const { id, arn } = await placed({ items: [item(name, 1, { priceCents: 1_013 })] });
    const { status, output = "" } = await ended(arn);
    // Assess
    const { order } = await hasStatus(ground.ledger, id, "REJECTED");
    assert.deepEqual([status, JSON.parse(output)], ["SUCCEEDED", { status: "REJECTED", reason: "The card was declined." }]);
    assert.equal(order.reason, "The card was declined.");
    assert.deepEqual(await outcomesOf(id), {
      inventory: "reserved",
      fraud: "passed",
      payment: "declined",
      refund: "nothing",
      release: "released",
    });
    assert.equal(await stockOf(ground.stock, product), 5);
    assert.deepEqual(await openFailures(id), []);
  });

  it("rejects what looks like fraud, and what there is not enough of, before any money is touched", async () => {
    // Prepare
    const name = uniqueName("Scarce");
    const product = await newProduct(ground.stock, name, 1);
    work();
    // Act
    const fraud = await placed({ amountCents: 5_000_000 });
    const scarce = await placed({ items: [item(name, 2)] });
    await Promise.all([ended(fraud.arn), ended(scarce.arn)]);
    // Assess
    const orders = [await hasStatus(ground.ledger, fraud.id, "REJECTED"), await hasStatus(ground.ledger, scarce.id, "REJECTED")];
    assert.match(orders[0]?.order.reason ?? "", /^The order looks like fraud: 140 of 100 points/);
    assert.equal(orders[1]?.order.reason, `There is not enough of ${name} left.`);
    assert.equal(await stockOf(ground.stock, product), 1);
    for (const { id } of [fraud, scarce]) assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "void" });
  });

  it("takes an order back where a step fails twice, tells a person, and completes it by a redrive once it is mended", async () => {
    // Prepare
    const name = uniqueName("Broken");
    const product = await newProduct(ground.stock, name, 5);
    let isDown = true;
    work(cardDown(() => isDown));
    // Act
    const { id, arn } = await placed({ items: [item(name, 2)] });
    const failed = await ended(arn);
    const taken = await eventually(async () => {
      const [failure] = await openFailures(id);
      assert.ok(failure !== undefined);
      return failure;
    });
    // Assess: the run is undone, and the failure says why, but not the order.
    const { record, order } = await readBack(ground.ledger, id);
    assert.deepEqual([failed.status, failed.error], ["FAILED", "OrderFailed"]);
    assert.match(
      failed.cause ?? "",
      /^The order was taken back: StepFailed: 2 attempts failed, the last one because: the provider is down/,
    );
    assert.match(taken.reason ?? "", /the provider is down/);
    assert.equal(order.reason, "The step payment failed.");
    assert.ok(!JSON.stringify(historyShown(record.history)).includes("provider"), "The customer is not told how.");
    assert.equal(await stockOf(ground.stock, product), 5);
    // Act: mended.
    isDown = false;
    const ports = { ledgerOf: () => ground.ledger, send: async () => assert.fail("No message was kept for this.") };
    assert.deepEqual(await redriveFailure(ground.failures, taken.id, ports), { outcome: "redriven" });
    // Assess
    await hasStatus(ground.ledger, id, "COMPLETED", 30_000);
    assert.equal(await stockOf(ground.stock, product), 3);
    assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "void", [`${id}-1-r2`]: "charged" });
    assert.equal((await aws().sfn.send(new DescribeExecutionCommand({ executionArn: `${arn}-r2` }))).status, "SUCCEEDED");
    assert.deepEqual(await openFailures(id), []);
  });

  it("completes an order whose customer cannot be told, and leaves that to a person", async () => {
    // Prepare
    work({}, { NOTIFY_WEBHOOK_URL: "http://127.0.0.1:9/nobody", NOTIFY_WEBHOOK_SECRET: "a-secret-of-these-tests-alone-32-chars" });
    // Act
    const { id, arn } = await placed(AMOUNT);
    const { status } = await ended(arn);
    // Assess
    await hasStatus(ground.ledger, id, "COMPLETED");
    assert.equal(status, "SUCCEEDED");
    assert.equal((await outcomesOf(id)).notification, "failed");
    const [failure, ...others] = await openFailures(id);
    assert.deepEqual(others, []);
    assert.equal(failure?.queue, ground.outputs.notification_queue_url.split("/").at(-1));
  });

  describe("cancels an order", () => {
    it("that is done: the money and the stock go back", async () => {
      // Prepare
      const name = uniqueName("Cancelled");
      const product = await newProduct(ground.stock, name, 5);
      work();
      const { id, arn } = await placed({ items: [item(name, 2)] });
      await ended(arn);
      await hasStatus(ground.ledger, id, "COMPLETED");
      // Act
      await ended(await startExecution(ground, await cancel(id)));
      // Assess
      const { record } = await hasStatus(ground.ledger, id, "CANCELLED");
      assert.deepEqual(
        record.history.map(({ to }) => to),
        ["PENDING", "PAID", "COMPLETED", "CANCELLING", "CANCELLED"],
      );
      assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "refunded" });
      assert.equal(await stockOf(ground.stock, product), 5);
    });

    it("that has not begun: nothing is ever taken", async () => {
      // Prepare
      const name = uniqueName("Early");
      const product = await newProduct(ground.stock, name, 5);
      const event = await newOrder(ground.ledger, { items: [item(name, 2)] });
      const cancellation = await cancel(event.id);
      work();
      // Act
      await ended(await startExecution(ground, cancellation));
      const late = await ended(await startExecution(ground, event));
      // Assess
      await hasStatus(ground.ledger, event.id, "CANCELLED");
      assert.deepEqual([late.status, JSON.parse(late.output ?? "")?.status], ["SUCCEEDED", "CLOSED"]);
      assert.deepEqual(await paymentsOf(ground.stock, event.id), { [`${event.id}-1`]: "void" });
      assert.equal(await stockOf(ground.stock, product), 5);
    });

    it("in the middle of its payment: what was just taken goes back", async () => {
      // Prepare: the charge is in the book when the cancellation comes, and its step has not left its mark.
      let cancelled: Promise<unknown> | undefined;
      const event = await newOrder(ground.ledger, AMOUNT);
      const { id } = event;
      work({
        UpdateItemCommand: async (input) => {
          if (cancelled !== undefined || !JSON.stringify(input).includes('"PAID"')) return;
          cancelled = cancel(id).then((cancellation) => startExecution(ground, cancellation).then(ended));
          await cancelled;
        },
      });
      // Act
      const run = await ended(await startExecution(ground, event));
      // Assess
      await hasStatus(ground.ledger, id, "CANCELLED");
      assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "refunded" });
      assert.deepEqual([run.status, JSON.parse(run.output ?? "")?.status], ["SUCCEEDED", "CLOSED"]);
    });

    it("before its customer is told that it is complete, which they then are not", async () => {
      // Prepare: the invoice is stored when the cancellation comes, and goes all its way.
      const event = await newOrder(ground.ledger, AMOUNT);
      const { id } = event;
      let cancelled: Promise<unknown> | undefined;
      const worker = work({
        SendTaskSuccessCommand: async (input) => {
          if (cancelled !== undefined || !JSON.stringify(input).includes("stored")) return;
          cancelled = cancel(id).then((cancellation) => startExecution(ground, cancellation).then(ended));
          await cancelled;
        },
      });
      // Act
      const run = await ended(await startExecution(ground, event));
      // Assess
      await hasStatus(ground.ledger, id, "CANCELLED");
      assert.deepEqual(await paymentsOf(ground.stock, id), { [`${id}-1`]: "refunded" });
      assert.deepEqual([run.status, JSON.parse(run.output ?? "")?.status], ["SUCCEEDED", "CLOSED"]);
      assert.ok(!worker.log.messages.some((line) => line.startsWith("notified ")));
    });

    it("before its customer is told, even where nothing of the cancellation is done yet", async () => {
      // Prepare: the cancellation is written, and its execution starts only when the order's own has ended.
      const event = await newOrder(ground.ledger, AMOUNT);
      const { id } = event;
      let cancelled: ReturnType<typeof cancel> | undefined;
      const worker = work({
        SendTaskSuccessCommand: async (input) => {
          if (cancelled !== undefined || !JSON.stringify(input).includes("stored")) return;
          cancelled = cancel(id);
          await cancelled;
        },
      });
      // Act
      await ended(await startExecution(ground, event));
      await ended(await startExecution(ground, (await cancelled) ?? assert.fail("It was not cancelled.")));
      // Assess
      await hasStatus(ground.ledger, id, "CANCELLED");
      assert.ok(!worker.log.messages.some((line) => line.startsWith("notified ")));
    });
  });

  it("undoes what a run that was stopped by hand had taken before the next one begins", async () => {
    // Prepare
    const name = uniqueName("Stopped");
    const product = await newProduct(ground.stock, name, 5);
    let stopped = false;
    const event = await newOrder(ground.ledger, { items: [item(name, 2)] });
    const arn = executionArn(ground.stateMachineArn, event.eventId);
    work({
      UpdateItemCommand: async (input) => {
        if (stopped || !JSON.stringify(input).includes('"invoice"')) return;
        stopped = true;
        await aws().sfn.send(new StopExecutionCommand({ executionArn: arn, error: "Stopped", cause: "by hand" }));
      },
    });
    await startExecution(ground, event);
    assert.equal((await ended(arn)).status, "ABORTED");
    const failure = await eventually(async () => {
      const [found] = await openFailures(event.id);
      assert.ok(found !== undefined);
      return found;
    }, 30_000);
    // Act
    const ports = { ledgerOf: () => ground.ledger, send: async () => assert.fail("No message was kept for this.") };
    await redriveFailure(ground.failures, failure.id, ports);
    // Assess
    await hasStatus(ground.ledger, event.id, "COMPLETED", 30_000);
    assert.deepEqual(await paymentsOf(ground.stock, event.id), { [`${event.id}-1`]: "refunded", [`${event.id}-1-r2`]: "charged" });
    assert.equal(await stockOf(ground.stock, product), 3);
  });

  describe("takes orders that somebody put into its queue", () => {
    const send = (body: object) =>
      aws().sqs.send(new SendMessageCommand({ QueueUrl: ground.outputs.task_queue_url, MessageBody: JSON.stringify(body) }));

    it("and carries them through like any other, once", async () => {
      // Prepare
      work();
      const order_id = uniqueName("ORD");
      const body = { order_id, items: [{ name: "Laptop", price: 200.99, quantity: 1 }], promo_code: "SAVE10" };
      // Act
      await Promise.all([send(body), send(body)]);
      // Assess
      const { order } = await eventually(() => hasStatus(ground.ledger, order_id, "COMPLETED"));
      assert.equal(order.totalCents, 18_089);
      assert.deepEqual(await paymentsOf(ground.stock, order_id), { [`${order_id}-1`]: "charged" });
    });

    it("and keeps those with a negative price for a person, after two attempts", async () => {
      // Prepare
      work();
      const order_id = uniqueName("ORD");
      // Act
      await send({ order_id, items: [{ name: "Invalid", price: -100, quantity: 1 }] });
      // Assess
      const failure = await eventually(async () => {
        const { failures } = await listFailures(ground.failures, "orders", 100);
        const found = failures.find(({ reason }) => reason?.includes("price"));
        assert.ok(found !== undefined);
        return found;
      }, 20_000);
      assert.equal(failure.attempts.at(-1)?.receives, 2);
      assert.match(failure.reason ?? "", /items\.0\.price must be more than 0/);
      const kept = await readFailure(ground.failures, failure.id);
      assert.equal(JSON.parse(kept?.body ?? "").order_id, order_id);
    });
  });

  it("does nothing more for a run that was closed, whatever message of it comes late", async () => {
    // Prepare
    work();
    const { id, event, arn } = await placed({ amountCents: 1_013 });
    await ended(arn);
    const before = await hasStatus(ground.ledger, id, "REJECTED");
    const late = ["reserve", "score", "pay", "complete"].map((step) => {
      const body = { v: 1, step, taskToken: "a-token-of-nobody", execution: event.eventId, event: JSON.parse(formatInput(event)) };
      return aws().sqs.send(new SendMessageCommand({ QueueUrl: ground.outputs.sqs_queue_url, MessageBody: JSON.stringify(body) }));
    });
    // Act
    await Promise.all(late);
    await eventually(() => assert.ok(workers[0] !== undefined && workers[0].counters.get("worker_stale_tokens_total") >= 4));
    // Assess
    const after = await readBack(ground.ledger, id);
    assert.deepEqual([after.record.version, await paymentsOf(ground.stock, id)], [before.record.version, { [`${id}-1`]: "declined" }]);
    assert.deepEqual(await openFailures(id), []);
  });
});
