import assert from "node:assert/strict";
import fc from "fast-check";
import { type Item, text } from "../../../domain/attributes.ts";
import {
  formatMark,
  formatOrder,
  formatRuns,
  historyShown,
  type NewOrder,
  parseOrder,
  reasonOf,
  STEPS,
  type StepMark,
} from "../../../domain/order.ts";

const word = fc.string({ minLength: 1, maxLength: 20 });
const cents = fc.integer({ min: 1, max: 100_000_000_000 });
const item = fc.record(
  { name: word, priceCents: cents, quantity: fc.integer({ min: 1, max: 10_000 }), productId: word },
  { requiredKeys: ["name", "priceCents", "quantity"], noNullPrototype: true },
);
const wanted = fc.oneof(
  fc.record({ amountCents: cents }, { noNullPrototype: true }),
  fc.record({ items: fc.array(item, { minLength: 1, maxLength: 5 }), promoCode: word }, { requiredKeys: ["items"], noNullPrototype: true }),
);
const order: fc.Arbitrary<NewOrder> = fc.record(
  { userId: word, email: word, wanted, totalCents: cents },
  { requiredKeys: ["wanted", "totalCents"], noNullPrototype: true },
);
const mark: fc.Arbitrary<StepMark> = fc.record(
  { run: word, outcome: word, at: word, attempt: fc.integer({ min: 1, max: 9 }), reason: word, reference: word },
  { requiredKeys: ["run", "outcome", "at", "attempt"], noNullPrototype: true },
);

const PLAIN: Item = formatOrder({ userId: "ann", wanted: { amountCents: 100 }, totalCents: 100 }, "o1-1");

describe("An order's record", () => {
  it("is read as it was made, its first run open", () => {
    fc.assert(
      fc.property(order, (made) => {
        const { runs, openRun, marks, ...rest } = parseOrder(formatOrder(made, "o1-1"));

        assert.deepEqual(rest, made);
        assert.deepEqual([runs, openRun, marks.size], [["o1-1"], "o1-1", 0]);
      }),
    );
  });

  it("has a reason where it ended for one, and no longer where a later run has carried it on", () => {
    const failed = { ...PLAIN, reason: text("StepFailed: the provider is down") };

    const reasons = ["FAILED", "PENDING", "PAID", "COMPLETED"].map((status) => reasonOf(status, failed));

    assert.deepEqual(reasons, ["StepFailed: the provider is down", undefined, undefined, undefined]);
  });

  it("shows in its history that a step failed, and not in what words", () => {
    const entry = { eventId: "o1-1", version: 1, from: null, to: "PENDING", changeId: "c1", type: "order.placed" };
    const at = { changedAt: "2026-11-21T08:30:00.000Z", notifiedAt: "2026-11-21T08:30:01.000Z" };
    const failure = 'NotUndone: AccessDenied: arn:aws:dynamodb:us-east-1:1:table/Orders {"PK":{"S":"ORDER#o1"}}';

    const shown = historyShown([
      { ...entry, ...at, failure },
      { ...entry, ...at, version: 2 },
    ]);

    assert.deepEqual(
      shown.map(({ version, failure: why }) => [version, why]),
      [
        [1, "A step of it failed."],
        [2, undefined],
      ],
    );
  });

  it("has the marks of its steps, in the order that they are shown in, whatever order they came in", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...STEPS]), mark, (steps, one) => {
        const { marks } = parseOrder({ ...PLAIN, ...Object.fromEntries(steps.map((step) => [step, formatMark(one)])) });

        assert.deepEqual(
          [...marks.keys()],
          STEPS.filter((step) => steps.includes(step)),
        );
        for (const found of marks.values()) assert.deepEqual(found, one);
      }),
    );
  });

  it("has its runs in their order, and none open once the last was closed", () => {
    const { openRun: _, ...closed } = PLAIN;

    const { runs, openRun, reason } = parseOrder({ ...closed, runs: formatRuns(["o1-1", "o1-1-r2"]), reason: text("no paper") });
    assert.deepEqual([runs, openRun, reason], [["o1-1", "o1-1-r2"], undefined, "no paper"]);
  });

  it("is refused where it is damaged, by the name of what is", () => {
    const damaged: readonly [Item, RegExp][] = [
      [{ ...PLAIN, totalCents: text("100") }, /totalCents/],
      [{ ...PLAIN, runs: text("o1-1") }, /runs/],
      [{ ...PLAIN, runs: { L: [{ N: "1" }] } }, /runs\[0\]/],
      [{ ...PLAIN, payment: text("charged") }, /payment/],
      [{ ...PLAIN, fraud: { M: { run: text("o1-1") } } }, /outcome/],
    ];
    for (const [attributes, named] of damaged) assert.throws(() => parseOrder(attributes), named);
  });
});
