import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { checkDocument, type DocumentKind, encodeDocument } from "../../../local/iam/documents.ts";
import type { JsonObject } from "../../../local/json.ts";

const ALLOW: JsonObject = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" };
const TRUST: JsonObject = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "states.amazonaws.com" } };

function document(...statements: JsonObject[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

describe("checkDocument", () => {
  it("gives a well-formed document back as it came", () => {
    const spaced = ` ${document(ALLOW, { ...ALLOW, Effect: "Deny" })}\n`;
    assert.equal(checkDocument(spaced, "identity"), spaced);
    checkDocument(JSON.stringify({ Version: "2012-10-17", Statement: ALLOW }), "identity");
    checkDocument(document({ Effect: "Deny", NotAction: ["a:b"], NotResource: ["*"] }), "identity");
    checkDocument(document(TRUST), "trust");
    checkDocument(JSON.stringify({ Statement: [TRUST] }), "trust");
  });

  for (const [what, text, kind, message] of [
    ["no JSON", "{", "identity", "This policy contains invalid Json"],
    ["no object", "[]", "identity", "Syntax errors in policy."],
    ["no statement", '{"Version":"2012-10-17"}', "identity", "Syntax errors in policy."],
    ["an unknown version", '{"Version":"2020-01-01","Statement":[]}', "trust", "The policy must contain a valid version string"],
    [
      "no version for permissions",
      JSON.stringify({ Statement: [ALLOW] }),
      "identity",
      "Policy document must be version 2012-10-17 or greater.",
    ],
    ["no effect", document({ Action: "a:b", Resource: "*" }), "identity", "Syntax errors in policy."],
    ["no action", document({ Effect: "Allow", Resource: "*" }), "identity", "Policy statement must contain actions."],
    ["no resource", document({ Effect: "Allow", Action: "a:b" }), "identity", "Policy statement must contain resources."],
    ["a principal in permissions", document({ ...ALLOW, Principal: "*" }), "identity", "Policy document should not specify a principal."],
    ["a resource in trust", document({ ...TRUST, Resource: "*" }), "trust", "Has prohibited field Resource"],
    ["no principal in trust", document({ Effect: "Allow", Action: "sts:AssumeRole" }), "trust", "Missing required field Principal"],
  ] as [string, string, DocumentKind, string][]) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => checkDocument(text, kind),
        (error) => {
          assert.ok(error instanceof AwsError);
          assert.deepEqual([error.code, error.status, error.message], ["MalformedPolicyDocument", 400, message]);
          return true;
        },
      );
    });
  }
});

describe("encodeDocument", () => {
  it("encodes all but letters, digits and -._~", () => {
    assert.equal(encodeDocument("aZ09-._~ !'()*\"%é"), "aZ09-._~%20%21%27%28%29%2A%22%25%C3%A9");
  });
});
