import assert from "node:assert/strict";
import { randomStreams } from "../chaos/support/random.ts";

describe("The chaos run's numbers", () => {
  it("are the same for the same seed and name, whatever others draw meanwhile, and others for another name or seed", () => {
    // Prepare
    const draw = (random: () => number) => Array.from({ length: 20 }, random);
    const [first, again] = [randomStreams(7), randomStreams(7)];

    // Act
    const api = draw(first("api"));
    draw(again("copies"));
    const repeated = draw(again("api"));

    // Assess
    assert.deepEqual(repeated, api);
    assert.notDeepEqual(draw(again("workers")), api);
    assert.notDeepEqual(draw(randomStreams(8)("api")), api);
  });
});
