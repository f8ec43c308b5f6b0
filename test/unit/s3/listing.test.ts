import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytes, type ListingQuery, list } from "../../../local/s3/listing.ts";

interface Item {
  readonly key: string;
}

function seekIn(keys: readonly string[]): (from: string) => Item | undefined {
  const items = [...keys].sort(compareBytes).map((key) => ({ key }));
  return (from) => items.find(({ key }) => compareBytes(key, from) >= 0);
}

/** All that a listing shows, in its order, worked out the long way: each key, or the common prefix it lies under. */
function model(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const shown = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(shown)].sort(compareBytes);
}

function page(keys: readonly string[], query: Partial<ListingQuery>): ReturnType<typeof list<Item>> {
  return list(seekIn(keys), { prefix: "", delimiter: "", after: "", maxKeys: 1000, ...query });
}

describe("list", () => {
  it("shows, page by page, what a model shows at once", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "/", "|", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
      maxLength: 5,
    });
    const keys = fc.uniqueArray(
      text.filter((key) => key !== ""),
      { maxLength: 30 },
    );
    const delimiter = fc.constantFrom("", "/", "|", "a/", "\u{10ffff}");
    fc.assert(
      fc.property(
        keys,
        fc.string({ unit: fc.constantFrom("a", "/", "\u{10ffff}"), maxLength: 2 }),
        delimiter,
        fc.integer({ min: 1, max: 7 }),
        (all, prefix, cut, maxKeys) => {
          // Act
          const shown: string[] = [];
          let after = "";
          for (;;) {
            const { items, commonPrefixes, truncated, last } = page(all, { prefix, delimiter: cut, after, maxKeys });
            const both = [...items.map(({ key }) => key), ...commonPrefixes].sort(compareBytes);
            assert.ok(both.length <= maxKeys);
            shown.push(...both);
            if (!truncated) break;
            after = last;
          }
          // Assess
          assert.deepEqual(shown, model(all, prefix, cut));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("starts after any text, a key or not", () => {
    assert.deepEqual(
      page(["a", "b", "c"], { after: "a" }).items.map(({ key }) => key),
      ["b", "c"],
    );
    assert.deepEqual(
      page(["a", "b", "c"], { after: "aa" }).items.map(({ key }) => key),
      ["b", "c"],
    );
  });

  it("has a common prefix behind it that it starts after or in the middle of", () => {
    for (const after of ["a/", "a/1"]) {
      const { items, commonPrefixes } = page(["a/1", "a/2", "b"], { after, delimiter: "/" });
      assert.deepEqual([items.map(({ key }) => key), commonPrefixes], [["b"], []]);
    }
  });

  it("shows nothing and no next page when nothing is asked for", () => {
    const { items, truncated } = page(["a"], { maxKeys: 0 });
    assert.deepEqual([items, truncated], [[], false]);
  });

  it("says that there is more only where there is", () => {
    assert.equal(page(["a", "b"], { maxKeys: 2 }).truncated, false);
    assert.equal(page(["a", "b", "c"], { maxKeys: 2 }).truncated, true);
    assert.equal(page(["a/1", "a/2"], { maxKeys: 1, delimiter: "/" }).truncated, false);
  });

  it("asks once for a common prefix, however many keys it holds", () => {
    // Prepare
    const keys = Array.from({ length: 500 }, (_, index) => `logs/${index}`);
    let asked = 0;
    const seek = seekIn([...keys, "z"]);
    // Act
    const counting = (from: string) => {
      asked++;
      return seek(from);
    };
    list(counting, { prefix: "", delimiter: "/", after: "", maxKeys: 1000 });
    // Assess
    assert.equal(asked, 3);
  });
});
