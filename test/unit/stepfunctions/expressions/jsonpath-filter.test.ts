import assert from "node:assert/strict";
import type { Json } from "../../../../local/json.ts";
import { readPath } from "../../../../local/stepfunctions/expressions/jsonpath.ts";
import { StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

const USERS: Json = {
  limit: 30,
  users: [
    { name: "Ann", age: 20, roles: ["admin", "user"], status: 0 },
    { name: "Bob", age: 30, roles: [], status: 1 },
    { name: "Cid", age: 40, email: null, status: "1" },
  ],
};

function names(filter: string): Json {
  return readPath(`$.users[?(${filter})].name`, { input: USERS, context: {}, variables: {} }, "f.$");
}

describe("A filter in a path", () => {
  it("compares numbers and texts among themselves", () => {
    assert.deepEqual(names("@.age == 30"), ["Bob"]);
    assert.deepEqual(names("@.age != 30"), ["Ann", "Cid"]);
    assert.deepEqual(names("@.age>=30"), ["Bob", "Cid"]);
    assert.deepEqual(names("@.age < 30"), ["Ann"]);
    assert.deepEqual(names("@.name > 'Ann'"), ["Bob", "Cid"]);
    assert.deepEqual(names("@.name > 10"), []);
    assert.deepEqual(names("@['name'] == \"Bob\""), ["Bob"]);
  });

  it("takes a number for a text that reads the same, except where types are to agree", () => {
    assert.deepEqual(names("@.status == 1"), ["Bob", "Cid"]);
    assert.deepEqual(names("@.status === 1"), ["Bob"]);
  });

  it("joins tests with and, or, not and parentheses", () => {
    assert.deepEqual(names("@.age > 20 && @.name == 'Cid'"), ["Cid"]);
    assert.deepEqual(names("@.age == 20 || @.age == 40"), ["Ann", "Cid"]);
    assert.deepEqual(names("!(@.age == 20 || @.age == 40)"), ["Bob"]);
    assert.deepEqual(names("(@.age == 20 || @.age == 30) && @.status == 1"), ["Bob"]);
  });

  it("tells members that are there, null or not, from those that are not", () => {
    assert.deepEqual(names("@.email"), ["Cid"]);
    assert.deepEqual(names("!@.email"), ["Ann", "Bob"]);
    assert.deepEqual(names("@.email == null"), ["Cid"]);
  });

  it("compares with another place of the input, a pattern, or a list", () => {
    assert.deepEqual(names("@.age == $.limit"), ["Bob"]);
    assert.deepEqual(names("@.name =~ /[ab].*/i"), ["Ann", "Bob"]);
    assert.deepEqual(names("@.name =~ /n/"), []);
    assert.deepEqual(names("@.name in ['Bob', 'Cid']"), ["Bob", "Cid"]);
    assert.deepEqual(names("@.name nin ['Bob']"), ["Ann", "Cid"]);
    assert.deepEqual(names("@.roles contains 'admin'"), ["Ann"]);
    assert.deepEqual(names("@.roles empty true"), ["Bob"]);
    assert.deepEqual(names("@.roles size 2"), ["Ann"]);
    assert.deepEqual(names("@.roles anyof ['user', 'x']"), ["Ann"]);
    assert.deepEqual(names("@.name.length() == 3"), ["Ann", "Bob", "Cid"]);
  });

  it("cuts off a pattern that tries too many ways", () => {
    const scope = { input: { list: [{ text: `${"a".repeat(40)}!` }] }, context: {}, variables: {} };

    assert.throws(() => readPath("$.list[?(@.text =~ /(a+)+/)]", scope, "f.$"), StatesError);
  });

  it("works on an object itself and at every depth", () => {
    const scope = { input: USERS, context: {}, variables: {} };
    assert.deepEqual(readPath("$.users[0][?(@.age == 20)].name", scope, "f.$"), ["Ann"]);
    assert.deepEqual(readPath("$..[?(@.age > 20)].name", scope, "f.$"), ["Bob", "Cid"]);
    assert.deepEqual(readPath("$.users.[?(@.age < 30)].name", scope, "f.$"), ["Ann"]);
  });
});
