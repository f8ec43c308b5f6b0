import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { memberQuery } from "../../../local/protocol/member-query.ts";

const query = memberQuery("2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/");

describe("memberQuery, parse", () => {
  const parse = (form: string) => query.parse("CreateRole", new Map(new URLSearchParams(form)));

  it("makes lists of members, in the order of their numbers, and objects of dotted names", () => {
    // Act
    const input = parse("RoleName=r&Tags.member.10.Key=c&Tags.member.2.Key=b&Tags.member.2.Value=2&TagKeys.member.1=x&A.B.C=1");
    // Assess
    assert.deepEqual(input, { RoleName: "r", Tags: [{ Key: "b", Value: "2" }, { Key: "c" }], TagKeys: ["x"], A: { B: { C: "1" } } });
  });

  it("takes names that every object has as names like others", () => {
    const input = parse("__proto__.polluted=1&constructor=2");
    assert.deepEqual(Object.keys(input), ["__proto__", "constructor"]);
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  });

  it("refuses a name that is a text and a structure at once", () => {
    for (const form of ["A=1&A.B=2", "A.B=2&A=1"]) {
      assert.throws(
        () => parse(form),
        (error) => error instanceof AwsError && error.status === 400,
      );
    }
  });
});

describe("memberQuery, format", () => {
  it("writes lists as members, however deep they lie", () => {
    const formatted = query.format("ListRoles", { Roles: [{ Name: "r", Tags: [{ Key: "a" }] }], Names: [], IsTruncated: false });
    assert.deepEqual(formatted, {
      Roles: { member: [{ Name: "r", Tags: { member: [{ Key: "a" }] } }] },
      Names: { member: [] },
      IsTruncated: false,
    });
  });
});
