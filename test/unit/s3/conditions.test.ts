import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { checkReadConditions, checkSourceConditions, checkWriteConditions, validateWriteConditions } from "../../../local/s3/conditions.ts";
import { NOW, requestFor } from "./harness.ts";

const OBJECT = { etag: "abc", modified: NOW - 3_600_123 };
const BEFORE = new Date(NOW - 7_200_000).toUTCString();
const EXACTLY = new Date(OBJECT.modified).toUTCString();
const AFTER = new Date(NOW - 1_800_000).toUTCString();
const FUTURE = new Date(NOW + 86_400_000).toUTCString();

function read(headers: Record<string, string>): string {
  return outcome(() => checkReadConditions(requestFor("/b/k", { headers }), OBJECT));
}

/** What came of it: the returned word, or the error's code with the condition that failed. */
function outcome(act: () => string | undefined): string {
  try {
    return act() ?? "proceed";
  } catch (error) {
    assert.ok(error instanceof AwsError);
    return `${error.status} ${error.code} ${String(error.members.Condition ?? error.members.Header ?? error.members.Key)}`;
  }
}

describe("checkReadConditions", () => {
  for (const [headers, expected] of [
    [{}, "proceed"],
    [{ "if-match": '"abc"' }, "proceed"],
    [{ "if-match": "abc" }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": '"x", "abc"' }, "proceed"],
    [{ "if-match": '"x"' }, "412 PreconditionFailed If-Match"],
    [{ "if-none-match": '"x"' }, "proceed"],
    [{ "if-none-match": 'W/"abc"' }, "not modified"],
    [{ "if-none-match": "*" }, "not modified"],
    [{ "if-modified-since": BEFORE }, "proceed"],
    [{ "if-modified-since": EXACTLY }, "not modified"],
    [{ "if-modified-since": AFTER }, "not modified"],
    [{ "if-modified-since": FUTURE }, "proceed"],
    [{ "if-modified-since": "yesterday-ish" }, "proceed"],
    [{ "if-unmodified-since": AFTER }, "proceed"],
    [{ "if-unmodified-since": EXACTLY }, "proceed"],
    [{ "if-unmodified-since": BEFORE }, "412 PreconditionFailed If-Unmodified-Since"],
    [{ "if-match": '"abc"', "if-unmodified-since": BEFORE }, "proceed"],
    [{ "if-none-match": '"x"', "if-modified-since": AFTER }, "proceed"],
    [{ "if-none-match": '"abc"', "if-modified-since": BEFORE }, "not modified"],
  ] as [Record<string, string>, string][]) {
    it(`answers ${JSON.stringify(headers)} with: ${expected}`, () => assert.equal(read(headers), expected));
  }
});

describe("checkSourceConditions", () => {
  for (const [headers, expected] of [
    [{ "x-amz-copy-source-if-match": '"abc"', "x-amz-copy-source-if-unmodified-since": BEFORE }, "proceed"],
    [{ "x-amz-copy-source-if-match": '"x"' }, "412 PreconditionFailed x-amz-copy-source-If-Match"],
    [{ "x-amz-copy-source-if-none-match": '"abc"' }, "412 PreconditionFailed x-amz-copy-source-If-None-Match"],
    [{ "x-amz-copy-source-if-modified-since": AFTER }, "412 PreconditionFailed x-amz-copy-source-If-Modified-Since"],
    [{ "x-amz-copy-source-if-unmodified-since": BEFORE }, "412 PreconditionFailed x-amz-copy-source-If-Unmodified-Since"],
  ] as [Record<string, string>, string][]) {
    it(`answers ${JSON.stringify(headers)} with: ${expected}`, () => {
      assert.equal(
        outcome(() => void checkSourceConditions(requestFor("/b/k", { headers }), OBJECT)),
        expected,
      );
    });
  }
});

describe("checkWriteConditions", () => {
  for (const [headers, current, expected] of [
    [{ "if-none-match": "*" }, undefined, "proceed"],
    [{ "if-none-match": "*" }, OBJECT, "412 PreconditionFailed If-None-Match"],
    [{ "if-match": '"abc"' }, OBJECT, "proceed"],
    [{ "if-match": '"x"' }, OBJECT, "412 PreconditionFailed If-Match"],
    [{ "if-match": '"abc"' }, undefined, "404 NoSuchKey k"],
  ] as [Record<string, string>, typeof OBJECT | undefined, string][]) {
    it(`answers ${JSON.stringify(headers)} over ${current === undefined ? "nothing" : "an object"} with: ${expected}`, () => {
      assert.equal(
        outcome(() => void checkWriteConditions(requestFor("/b/k", { headers }), "k", current)),
        expected,
      );
    });
  }
});

describe("validateWriteConditions", () => {
  for (const headers of [{ "if-none-match": '"abc"' }, { "if-match": "*" }, { "if-match": '"abc"', "if-none-match": "*" }] as Record<
    string,
    string
  >[]) {
    it(`refuses ${JSON.stringify(headers)} as S3 does`, () => {
      assert.match(
        outcome(() => void validateWriteConditions(requestFor("/b/k", { headers }))),
        /^501 NotImplemented If-/,
      );
    });
  }
});
