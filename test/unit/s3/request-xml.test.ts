import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsError } from "../../../local/errors.ts";
import { toXml } from "../../../local/protocol/xml.ts";
import { childOf, childrenOf, readXml, textOf, treeOf } from "../../../local/s3/request-xml.ts";

describe("readXml", () => {
  it("reads elements, texts, attributes, comments and sections of raw text", () => {
    // Act
    const root = readXml(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- what goes --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/" a='b'>
        <Object><Key>a &lt;b&gt; &amp; &#x20ac;&#8364; &quot;&apos;</Key></Object>
        <s3:Object ><s3:Key><![CDATA[<raw> & ]]></s3:Key></s3:Object>
        <Quiet/>
      </Delete>`);
    // Assess
    assert.equal(root.name, "Delete");
    assert.deepEqual(
      childrenOf(root, "Object").map((object) => textOf(object, "Key")),
      ["a <b> & €€ \"'", "<raw> & "],
    );
    assert.equal(childOf(root, "Quiet")?.text, "");
  });

  it("reads back any text that is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!/\p{Cs}/u.test(text));
        assert.equal(readXml(toXml("Key", text)).text, text);
      }),
    );
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["no element", "hello"],
    ["two roots", "<a></a><b></b>"],
    ["an element that is not closed", "<a><b></a>"],
    ["an element closed twice", "<a></a></a>"],
    ["text after the root", "<a></a>hello"],
    ["a document type", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
    ["an entity of its own", "<a>&b;</a>"],
    ["a bare ampersand", "<a>b & c</a>"],
    ["a character that there is not", "<a>&#x110000;</a>"],
    ["an attribute without quotes", "<a b=c></a>"],
    ["depth without bounds", "<a>".repeat(10_000)],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readXml(text),
        (error) => error instanceof AwsError && error.code === "MalformedXML" && error.status === 400,
      );
    });
  }
});

describe("treeOf", () => {
  it("gives the tree that the same XML is written from", () => {
    // Prepare
    const xml = "<Rule><Filter><And><Tag><Key>a</Key></Tag><Tag><Key>b</Key></Tag></And></Filter><__proto__>c</__proto__></Rule>";
    // Act
    const tree = treeOf(readXml(xml));
    // Assess
    assert.equal(toXml("Rule", tree), xml);
  });
});
