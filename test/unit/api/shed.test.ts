import assert from "node:assert/strict";
import { Concurrency } from "../../../api/concurrency.ts";
import { shed } from "../../../api/middleware/shed.ts";
import { Problem } from "../../../api/problem.ts";

type Shed = ReturnType<typeof shed>;

/** The little of a context that shedding looks at. */
const at = (path: string) => ({ path }) as Parameters<Shed>[0];

describe("Shedding", () => {
  it("asks whoever comes beyond the limit to come again, and nobody once there is room", async () => {
    // Prepare
    const limited = shed(new Concurrency({ least: 2, first: 2 }));
    const busy = Promise.withResolvers<void>();
    let done = 0;
    const call = (path = "/requests") =>
      limited(at(path), async () => {
        await busy.promise;
        done += 1;
      });
    const first = [call(), call()];

    // Act
    const refused: unknown = await call().catch((error: unknown) => error);
    const health = limited(at("/health"), async () => {});

    // Assess
    assert.ok(refused instanceof Problem);
    assert.equal(refused.status, 503);
    assert.match(refused.options.headers?.["retry-after"] ?? "", /^[123]$/);
    await health;
    busy.resolve();
    await Promise.all(first);
    await call();
    assert.equal(done, 3);
  });

  it("counts calls that fail as done", async () => {
    const limited = shed(new Concurrency({ least: 1, first: 1 }));

    for (let tries = 0; tries < 3; tries++)
      await assert.rejects(
        limited(at("/orders"), () => Promise.reject(new Error("broken"))),
        /broken/,
      );
  });
});
