import assert from "node:assert/strict";
import { isTimestamp } from "../../../../local/stepfunctions/asl/timestamp.ts";

describe("isTimestamp", () => {
  it("takes dates with times as RFC 3339 has them", () => {
    const texts = ["2016-03-14T01:59:00Z", "2016-03-05T21:29:29.243167252Z", "2024-02-29T00:00:00+05:30", "0001-01-01T23:59:59-12:00"];
    for (const text of texts) assert.ok(isTimestamp(text), text);
  });

  it("takes nothing else", () => {
    const texts = [
      ...["2016-12-05 21:29:29Z", "2016-12-05T21:29:29", "2016-13-05T21:29:29Z", "2016-12-05T25:29:29Z", "05-12-2016T21:29:29Z"],
      ...["2023-02-29T00:00:00Z", "2016-00-01T00:00:00Z", "2016-01-00T00:00:00Z", "2016-01-32T00:00:00Z", "2016-01-01T00:60:00Z"],
      ...["2016-01-01t00:00:00z", "2016-01-01T00:00:60Z", "2016-01-01T00:00:00+24:00", "2016-01-01T00:00:00.Z", ""],
    ];
    for (const text of texts) assert.ok(!isTimestamp(text), text);
  });
});
