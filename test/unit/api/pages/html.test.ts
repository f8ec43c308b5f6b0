import assert from "node:assert/strict";
import fc from "fast-check";
import { html } from "../../../../api/pages/html.ts";

describe("A template of HTML", () => {
  it("escapes what is put into it, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        // Act
        const made = html`<p title="${text}">${text}</p>`.text;
        // Assess
        const [, title = "", content = ""] = /^<p title="([^"]*)">([^<>]*)<\/p>$/s.exec(made) ?? assert.fail(made);
        assert.equal(title, content);
        assert.equal(unescaped(content), text);
      }),
    );
  });

  it("takes what another template has made as it is, lists one after another, and leaves out what is not there", () => {
    // Act
    const made = html`<ul>${["a", "<b>"].map((item) => html`<li>${item}</li>`)}${undefined}${false}${0}</ul>`;
    // Assess
    assert.equal(made.text, "<ul><li>a</li><li>&lt;b&gt;</li>0</ul>");
  });
});

function unescaped(text: string): string {
  const back: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
  return text.replace(/&[#a-z0-9]+;/g, (entity) => back[entity] ?? assert.fail(entity));
}
