import assert from "node:assert/strict";
import { escapeXml, toXml } from "../../../local/protocol/xml.ts";

describe("escapeXml", () => {
  it("escapes markup, and control characters that a parser would lose or refuse", () => {
    assert.equal(escapeXml(`<a b="c">&\t\n\r\u0000\u0001é😀`), "&lt;a b=&quot;c&quot;&gt;&amp;\t\n&#13;&#0;&#1;é😀");
  });
});

describe("toXml", () => {
  it("writes members as elements, entries under one name, and leaves out what is null", () => {
    const xml = toXml("A", { B: [1, { C: "x" }, null], D: null, E: true, F: {}, G: [] });
    assert.equal(xml, "<A><B>1</B><B><C>x</C></B><E>true</E><F></F></A>");
  });
});
