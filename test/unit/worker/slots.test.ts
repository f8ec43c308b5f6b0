import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Slots } from "../../../worker/slots.ts";

/** Far above the moment for which places are collected. */
const LATER_MS = 50;

describe("Places for messages at work", () => {
  /** What those who asked for so many were given by now, in the order in which they asked. */
  function taking(slots: Slots, ...wishes: number[]): (number | undefined)[] {
    const given: (number | undefined)[] = wishes.map(() => undefined);
    wishes.forEach((most, index) => {
      void slots.take(most).then((taken) => {
        given[index] = taken;
      });
    });
    return given;
  }

  it("are given at once where as many as wanted are free", async () => {
    const given = taking(new Slots(7), 3, 4);
    await Promise.resolve();
    assert.deepEqual(given, [3, 4]);
  });

  it("are given a moment after the first is free where there are fewer than wanted", async () => {
    // Prepare
    const slots = new Slots(3);
    const given = taking(slots, 5);
    await Promise.resolve();
    assert.deepEqual(given, [undefined]);
    // Act
    await sleep(LATER_MS);
    // Assess
    assert.deepEqual(given, [3]);
  });

  it("are given before that moment is over as soon as there are enough", async () => {
    // Prepare
    const slots = new Slots(5);
    const given = taking(slots, 5, 5);
    // Act
    slots.giveBack(2);
    slots.giveBack(3);
    await Promise.resolve();
    // Assess
    assert.deepEqual(given, [5, 5]);
  });

  it("are given in turn, and to nobody while there are none", async () => {
    // Prepare
    const slots = new Slots(1);
    const given = taking(slots, 1, 2, 1);
    await sleep(LATER_MS);
    assert.deepEqual(given, [1, undefined, undefined]);
    // Act
    slots.giveBack(1);
    await sleep(LATER_MS);
    // Assess
    assert.deepEqual(given, [1, 1, undefined]);
    slots.giveBack(2);
    await sleep(LATER_MS);
    assert.deepEqual(given, [1, 1, 1]);
  });

  it("are refused to all who wait, and to whoever asks later, when there will be no more", async () => {
    // Prepare
    const slots = new Slots(1);
    const given = taking(slots, 1, 1, 1);
    // Act
    slots.close();
    // Assess
    assert.equal(await slots.take(1), 0);
    assert.deepEqual(given, [1, 0, 0]);
  });
});
