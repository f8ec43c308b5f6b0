import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTimestamp } from "../../../../local/stepfunctions/expressions/timestamps.ts";

describe("parseTimestamp", () => {
  it("takes RFC 3339 with Z or an offset", () => {
    const noon = Date.UTC(2024, 1, 29, 12);

    assert.equal(parseTimestamp("2024-02-29T12:00:00Z"), noon);
    assert.equal(parseTimestamp("2024-02-29T13:30:00+01:30"), noon);
    assert.equal(parseTimestamp("2024-02-29T04:00:00.250-08:00"), noon + 250);
    assert.equal(parseTimestamp("2024-02-29T12:00:00.000001Z"), noon + 0.001);
    assert.equal(parseTimestamp("0001-01-01T00:00:00Z"), -62_135_596_800_000);
  });

  it("refuses what AWS refuses", () => {
    const wrong = [
      "",
      "2012-10-09",
      "2012-10-09T19:00:55",
      "2012-10-09 19:00:55Z",
      "2012-10-09t19:00:55z",
      "05-12-2016T21:29:29Z",
      "2016-12-05T25:29:29Z",
      "2016-13-05T21:29:29Z",
      "2023-02-29T00:00:00Z",
      "2023-00-10T00:00:00Z",
      "2012-10-09T19:60:00Z",
      "2012-10-09T19:00Z",
      "2012-10-09T19:00:55.Z",
      "2012-10-09T19:00:55+0100",
      "2012-10-09T19:00:55+25:00",
      "2012-10-09T19:00:55+18:01",
      " 2012-10-09T19:00:55Z",
    ];
    for (const text of wrong) assert.equal(parseTimestamp(text), undefined, text);
  });

  it("reads every moment as JavaScript writes it", () => {
    const dates = fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true });
    fc.assert(fc.property(dates, (date) => assert.equal(Math.round(parseTimestamp(date.toISOString()) ?? Number.NaN), date.getTime())));
  });
});
