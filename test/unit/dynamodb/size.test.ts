import assert from "node:assert/strict";
import fc from "fast-check";
import { itemSize, sizeDifference } from "../../../local/dynamodb/size.ts";
import type { AttributeValue, Item } from "../../../local/dynamodb/value.ts";

const name = fc.constantFrom("a", "b", "größe", "constructor", "__proto__", "1", "toString");

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: fc.string() }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ SS: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }) }),
    fc.record({ L: fc.array(tie("value"), { maxLength: 4 }) }),
    fc.record({ M: fc.dictionary(name, tie("value"), { maxKeys: 4 }) }),
  ),
}));
const item: fc.Arbitrary<Item> = fc.dictionary(name, value, { maxKeys: 5 });

/** Both share parts, as an item does with the one it was made of; where they do not, the difference must be the same. */
const related = fc.tuple(item, item, fc.func(fc.boolean())).map(([from, other, isKept]): [Item, Item] => {
  const kept = Object.entries(from).filter(([key]) => isKept(key));
  return [from, Object.fromEntries([...Object.entries(other), ...kept])];
});

describe("The size of an item", () => {
  it("differs from that of another by what they do not have in common", () => {
    fc.assert(
      fc.property(related, ([from, to]) => {
        assert.equal(sizeDifference(from, to), itemSize(to) - itemSize(from));
      }),
    );
  });

  it("is that of its names and values, lists and maps with their members", () => {
    const sized: Item = { name: { S: "größe" }, list: { L: [{ N: "12345" }, { BOOL: true }] }, map: { M: { a: { S: "bc" } } } };

    assert.equal(itemSize(sized), 4 + 7 + (4 + 3 + 2 + 4 + 1) + (3 + 3 + 1 + 1 + 2));
  });

  it("grows by one member where one is appended to a list of the same members", () => {
    const [first, second]: AttributeValue[] = [{ S: "first" }, { S: "second" }];
    assert.ok(first !== undefined && second !== undefined);

    assert.equal(sizeDifference({ list: { L: [first] } }, { list: { L: [first, second] } }), 1 + 6);
  });
});
