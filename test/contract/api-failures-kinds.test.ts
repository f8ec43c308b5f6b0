import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { keepDeadLetter, messageFailureId } from "../../domain/failures.ts";
import { ADMIN, complaints, startApi, type TestApi } from "./support/api.ts";
import { aws, eventually } from "./support/endpoint.ts";
import { newWholeGround, type WholeGround } from "./support/whole.ts";

describe("The failures of all kinds", function () {
  this.timeout(30_000);
  let ground: WholeGround;
  let api: TestApi;

  before(async () => {
    ground = await newWholeGround();
    api = await startApi(ground);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const list = (query: string) => api.call("GET", `/dlq/failures?${query}`, { headers: ADMIN });
  const idsIn = ({ body }: Awaited<ReturnType<typeof list>>): string[] => {
    assert.ok(Array.isArray(body.failures));
    return body.failures.map(({ id }: Record<string, unknown>) => String(id));
  };
  /** One that is newer than all before it. */
  const newLetter = async (kind: string, now: number): Promise<string> => {
    const letter = { queue: `${kind}-queue`, messageId: randomUUID(), kind, body: "{}", reason: "no task", state: "open" as const };
    await keepDeadLetter({ table: ground.outputs.failures_table, client: aws().dynamodb, clock: () => now }, letter);
    return messageFailureId(letter);
  };

  it("are one list, newest first, where no kind is named, and one by one where it is", async () => {
    // Prepare
    const made: string[] = [];
    const begun = Date.now();
    for (const [index, kind] of ["orders", "tasks", "orders", "requests", "of-nobody-here"].entries())
      made.unshift(await newLetter(kind, begun + index));
    const served = made.slice(1);
    await eventually(async () => assert.equal(idsIn(await list("limit=100")).length, 4));

    // Act
    const first = await list("limit=3");
    const token = String(first.body.next_page_token);
    const second = await list(`limit=3&token=${token}`);
    const orders = await list("kind=orders");

    // Assess
    assert.deepEqual([idsIn(first), idsIn(second)], [served.slice(0, 3), served.slice(3)]);
    assert.equal(second.body.next_page_token, undefined);
    assert.deepEqual(idsIn(orders), [served[1], served[3]]);
    assert.deepEqual(complaints(await list(`kind=orders&token=${token}`)), ["token cursor"]);
  });
});
