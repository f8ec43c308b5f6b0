import assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { text } from "../../domain/attributes.ts";
import { type PaymentProvider, paymentKey, sandboxProvider } from "../../domain/payments.ts";
import { aws, uniqueName } from "./support/endpoint.ts";
import { dropTable } from "./support/ledger.ts";
import { newKeyedTable } from "./support/worker.ts";

describe("The payment sandbox, on DynamoDB", () => {
  const { signal } = new AbortController();
  let table: string;
  let provider: PaymentProvider;

  before(async () => {
    table = await newKeyedTable("payments");
    provider = sandboxProvider({ client: aws().dynamodb, table });
  });
  after(() => dropTable(table));

  const charge = (key: string, amountCents = 99_900) => provider.charge({ key, orderId: "o1", userId: "ann", amountCents }, signal);
  const stateOf = async (key: string) => {
    const { Item: row } = await aws().dynamodb.send(new GetItemCommand({ TableName: table, Key: { PK: text(paymentKey(key)) } }));
    return row?.state?.S;
  };

  it("charges once under a key, and tells the same whenever it is asked again", async () => {
    // Prepare
    const key = uniqueName("run");
    // Act
    const answers = await Promise.all([charge(key), charge(key), charge(key)]);
    // Assess
    for (const answer of answers) assert.deepEqual(answer, { outcome: "charged", reference: `sandbox-${key}` });
    assert.equal(await stateOf(key), "charged");
  });

  it("declines amounts that end in 13 cents, and goes on to", async () => {
    // Prepare
    const key = uniqueName("run");
    // Act
    const answers = [await charge(key, 1_013), await charge(key, 1_013)];
    // Assess
    for (const answer of answers) assert.deepEqual(answer, { outcome: "declined", reason: "The card was declined." });
    assert.equal(await provider.refund(key, "o1", signal), "nothing");
  });

  it("refunds what was charged once, and charges nothing under the key after that", async () => {
    // Prepare
    const key = uniqueName("run");
    await charge(key);
    // Act
    const refunds = [await provider.refund(key, "o1", signal), await provider.refund(key, "o1", signal)];
    // Assess
    assert.deepEqual(refunds, ["refunded", "refunded"]);
    assert.deepEqual(await charge(key), { outcome: "closed" });
    assert.equal(await stateOf(key), "refunded");
  });

  it("never charges under a key that was refunded before it was charged", async () => {
    // Prepare
    const key = uniqueName("run");
    // Act
    const refunded = await provider.refund(key, "o1", signal);
    const late = await charge(key);
    // Assess
    assert.deepEqual([refunded, late, await stateOf(key)], ["nothing", { outcome: "closed" }, "void"]);
  });

  it("ends with nothing taken, whichever of a charge and its refund comes first", async () => {
    for (let round = 0; round < 20; round++) {
      const key = uniqueName("run");
      // Act
      const [charged, refunded] = await Promise.all([charge(key), provider.refund(key, "o1", signal)]);
      // Assess
      const ends = charged.outcome === "charged" ? ["refunded", "refunded"] : ["nothing", "void"];
      assert.deepEqual([refunded, await stateOf(key)], ends);
    }
  });
});
