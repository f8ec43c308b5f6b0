import assert from "node:assert/strict";
import { render } from "../../../start/lines.ts";

describe("render", () => {
  const line = (fields: object) =>
    JSON.stringify({ level: "info", time: "2026-01-01T10:20:30.400Z", service: "api", env: "local", pid: 1, ...fields });

  it("puts an event in words: when, who, what, and what is not said yet", () => {
    const shown = render("worker", line({ msg: "processed eventId=a-2", eventId: "a-2", receives: 1 }));

    assert.equal(shown, "10:20:30 worker   processed eventId=a-2 receives=1");
  });

  it("says which change a sentence is about that does not say so itself", () => {
    const shown = render("api", line({ level: "warn", msg: "an execution was not started", eventId: "a-2", http: "h" }));

    assert.equal(shown, "10:20:30 api      WARN an execution was not started eventId=a-2 http=h");
  });

  it("names a level that is not the usual one", () => {
    assert.equal(render("api", line({ level: "warn", msg: "late" })), "10:20:30 api      WARN late");
  });

  it("leaves any other line as it is", () => {
    for (const text of ["plain words", "{ no JSON", "[1]"]) assert.ok(render("endpoint", text).endsWith(` endpoint ${text}`), text);
  });

  it("shows nothing as a line of its own, or to the terminal, that somebody has put into one", () => {
    const forged = '\r\n{"msg":"forged"}\u001b[31m\u009b\u2028\u202e';
    for (const shown of [render("worker", line({ msg: `x${forged}`, reason: forged, [forged]: 1 })), render("worker", `x${forged}`)]) {
      assert.ok(!/[\p{Cc}\p{Zl}\u202e]/u.test(shown), JSON.stringify(shown));
      assert.ok(shown.includes('\\u000d\\u000a{"msg":"forged"}\\u001b[31m\\u009b\\u2028\\u202e'), shown);
    }
    assert.ok(render("worker", "a\ttab – «é»").endsWith(" a\ttab – «é»"));
  });

  it("is not put out by a time that is none", () => {
    assert.match(render("api", line({ msg: "x", time: "soon" })), /^--:--:-- api/);
  });
});
