import assert from "node:assert/strict";
import { JavaRandom } from "../../../../local/stepfunctions/expressions/java-random.ts";

describe("JavaRandom", () => {
  it("draws what Java draws for the same seed", () => {
    assert.equal(new JavaRandom(42).nextDouble(), 0.7275636800328681);
    assert.equal(new JavaRandom(0).nextDouble(), 0.730967787376657);
    const ten = new JavaRandom(42);
    assert.deepEqual(
      Array.from({ length: 5 }, () => ten.nextInt(10)),
      [0, 3, 8, 4, 0],
    );
  });

  it("stays below its bound, for negative seeds and bounds that are powers of two as well", () => {
    for (const seed of [-10, 3, 2 ** 40]) {
      for (const bound of [1, 7, 8, 2_147_483_647]) {
        const number = new JavaRandom(seed).nextInt(bound);
        assert.ok(Number.isInteger(number) && number >= 0 && number < bound, `${seed} ${bound} ${number}`);
      }
    }
  });
});
