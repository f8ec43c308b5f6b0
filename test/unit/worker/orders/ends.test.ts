import assert from "node:assert/strict";
import { readSettings } from "../../../../config/settings.ts";
import { Counters } from "../../../../worker/counters.ts";
import { noteEndOf } from "../../../../worker/orders/ends.ts";
import { captureLog } from "../../../support/log.ts";

describe("An order's end", () => {
  const noting = (environment: Record<string, string>) => {
    const [counters, log] = [new Counters(), captureLog()];
    return { counters, log, noteEnd: noteEndOf({ settings: readSettings(environment), counters, logger: log.logger }) };
  };

  it("is counted by what it is, and its event as processed or failed", () => {
    // Prepare
    const { counters, noteEnd, log } = noting({});

    // Act
    for (const end of ["COMPLETED", "COMPLETED", "FAILED", "REJECTED", "CANCELLED"] as const) noteEnd(end);

    // Assess
    assert.deepEqual(Object.fromEntries(counters.valuesOf("orders_processed_total")), { success: 2, error: 1, rejected: 1, cancelled: 1 });
    assert.equal(counters.get("events_processed_total", "orders"), 4);
    assert.equal(counters.get("events_failed_total", "orders"), 1);
    assert.deepEqual(log.lines, []);
  });

  it("is on AWS a line of which CloudWatch makes its metric OrdersProcessed", () => {
    // Prepare
    const { noteEnd, log } = noting({ MILEPOST_MODE: "aws", AWS_REGION: "eu-central-1", APP_ENV: "prod" });

    // Act
    noteEnd("REJECTED");

    // Assess
    const [line] = log.lines;
    const metric = { Namespace: "Milepost", Dimensions: [["env", "status"]], Metrics: [{ Name: "OrdersProcessed", Unit: "Count" }] };
    const { _aws: described } = line ?? {};
    assert.ok(typeof described === "object" && described !== null && "Timestamp" in described);
    const { Timestamp, ...rest } = described;
    assert.deepEqual(rest, { CloudWatchMetrics: [metric] });
    assert.ok(Math.abs(Number(Timestamp) - Date.now()) < 60_000);
    assert.deepEqual([line?.env, line?.status, line?.OrdersProcessed], ["prod", "rejected", 1]);
  });
});
