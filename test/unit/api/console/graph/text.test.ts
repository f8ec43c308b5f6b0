import assert from "node:assert/strict";
import fc from "fast-check";
import { fitted, textWidth } from "../../../../../api/console/graph/text.ts";

describe("A text in a drawing", () => {
  it("fits where it is put, as a whole or as its beginning", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 20, max: 200 }), (text, room) => {
        // Act
        const shown = fitted(text, 12, room);
        // Assess
        assert.ok(textWidth(shown, 12) <= room);
        assert.ok(shown === text || (shown.endsWith("…") && text.startsWith(shown.slice(0, -1))));
      }),
    );
  });

  it("stays as it is where there is room", () => {
    assert.equal(fitted("WriteHistory", 13, textWidth("WriteHistory", 13)), "WriteHistory");
    assert.equal(fitted("WriteHistory", 13, textWidth("WriteHistory", 13) - 1), "WriteHisto…");
  });
});
