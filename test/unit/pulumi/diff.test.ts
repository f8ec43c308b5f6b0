import assert from "node:assert/strict";
import fc from "fast-check";
import { changesBetween, describeChange, touched } from "../../../pulumi/apply/diff.ts";
import { describeStep, summarise } from "../../../pulumi/apply/steps.ts";
import { asProperties, canonical, hasUnknown, parsedJson, UNKNOWN } from "../../../pulumi/apply/values.ts";

const name = fc.stringMatching(/^[a-z]{1,5}$/);
const properties = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 })).map(asProperties);

describe("A diff", () => {
  const words = (from: object, to: object) => changesBetween(asProperties(from), asProperties(to)).map(describeChange);

  it("names what changes, from what and to what", () => {
    assert.deepEqual(words({ visibility: 30 }, { visibility: 60 }), ["~visibility: 30 => 60"]);
  });

  it("tells what comes from what goes", () => {
    assert.deepEqual(words({ policy: null, old: "a" }, { policy: { a: 1 }, old: null }), ['-old: "a"', '+policy: {"a":1}']);
  });

  it("goes into objects, and takes lists as a whole", () => {
    assert.deepEqual(words({ tags: { a: "1", b: "2" }, list: [1, 2] }, { tags: { a: "1", b: "3" }, list: [2, 1] }), [
      "~list: [1,2] => [2,1]",
      '~tags.b: "2" => "3"',
    ]);
  });

  it("takes absent and null for the same", () => {
    assert.deepEqual(words({}, { rangeKey: null }), []);
  });

  it("shows what is not known yet as such, and long values in part", () => {
    const [line] = words({ arn: "a" }, { arn: UNKNOWN });
    assert.equal(line, '~arn: "a" => [unknown]');
    assert.ok((words({}, { text: "x".repeat(500) })[0] ?? "").length < 80);
  });

  it("finds nothing between equals, in whatever order their properties come", () => {
    fc.assert(
      fc.property(properties, (one) => {
        const turned = asProperties(Object.fromEntries(Object.entries(one).reverse()));
        assert.deepEqual(changesBetween(one, turned), []);
        assert.equal(canonical(one), canonical(turned));
      }),
    );
  });

  it("names every property in which two differ, and no other", () => {
    // Absent and null are one, as said above, so there is no null in these.
    const withoutNull = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }).map(nothingAsZero)).map(asProperties);
    fc.assert(
      fc.property(withoutNull, withoutNull, (one, other) => {
        const differing = Object.keys({ ...one, ...other }).filter((key) => canonical(one[key] ?? null) !== canonical(other[key] ?? null));
        assert.deepEqual([...touched(changesBetween(one, other))].sort(), differing.sort());
      }),
    );
  });
});

function nothingAsZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => part ?? 0));
}

describe("A step", () => {
  const step = { type: "aws:sqs/queue:Queue", name: "requests-queue", changes: [] };

  it("is said in Pulumi's words", () => {
    assert.equal(describeStep({ ...step, operation: "create" }), "+ aws:sqs/queue:Queue requests-queue create");
    assert.equal(describeStep({ ...step, operation: "delete" }), "- aws:sqs/queue:Queue requests-queue delete");
    const changes = [{ path: "visibilityTimeoutSeconds", from: 30, to: 60 }];
    assert.equal(
      describeStep({ ...step, operation: "update", changes }),
      "~ aws:sqs/queue:Queue requests-queue update [diff: ~visibilityTimeoutSeconds: 30 => 60]",
    );
    assert.equal(describeStep({ ...step, operation: "same" }), undefined);
  });

  it("says of very many changes how many there are more", () => {
    const changes = Array.from({ length: 9 }, (_, index) => ({ path: `p${index}`, from: 0, to: 1 }));
    assert.match(describeStep({ ...step, operation: "update", changes }) ?? "", /p5: 0 => 1, and 3 more\]$/);
  });

  it("counts with its like, unchanged ones always", () => {
    const steps = (["create", "create", "same"] as const).map((operation) => ({ ...step, operation }));
    assert.equal(summarise(steps, false), "Resources: 2 created, 1 unchanged");
    assert.equal(summarise(steps, true), "Resources: 2 to create, 1 unchanged");
    assert.equal(summarise([], false), "Resources: 0 unchanged");
  });
});

describe("Values", () => {
  it("are unknown where any part of them is", () => {
    assert.ok(hasUnknown({ a: [{ b: UNKNOWN }] }));
    assert.ok(!hasUnknown({ a: [{ b: "known" }] }));
  });

  it("are compared as what their JSON says", () => {
    assert.deepEqual(parsedJson('{"b":1,"a":[true]}'), { a: [true], b: 1 });
    assert.equal(parsedJson("not json"), "not json");
    assert.equal(parsedJson(undefined), null);
    assert.equal(parsedJson(UNKNOWN), UNKNOWN);
  });
});
