import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { drawExecution, drawGraph } from "../../../../../api/console/graph/draw.ts";
import { parseGraph, statesIn } from "../../../../../api/console/graph/parse.ts";
import type { JsonObject } from "../../../../../local/json.ts";
import { play } from "../../../stepfunctions/support/play.ts";
import { definitions, historyOf, KINDS, workflow } from "./support.ts";

const css = readFileSync(new URL("../../../../../api/pages/assets/graph.css", import.meta.url), "utf8");

function drawing(definition: string, ...[status = "RUNNING", events = []]: Partial<[string, Parameters<typeof drawExecution>[2]]>): string {
  return drawExecution(definition, status, events)?.text ?? assert.fail("Nothing was drawn.");
}

/** The classes and the name of every state that is drawn. */
function statesOf(text: string): { name: string; standing: string }[] {
  return [...text.matchAll(/<g class="state state--(\w+)[^"]*" transform="[^"]*"><title>(.*?)( \(entered|:)/gs)].map(
    ([, standing = "", name = ""]) => ({ name, standing }),
  );
}

/** The tasks' workflow whose work fails: its history, and what is drawn of its first events. */
function failedTask() {
  const definition = workflow("tasks");
  const played = play(JSON.parse(definition) as JsonObject, {
    tasks: (_, call) => (call === 0 ? { error: "StepFailed" } : { output: { to: "failed", note: "no paper" } }),
  });
  return { definition, events: historyOf(played) };
}

describe("A drawn execution", () => {
  for (const kind of KINDS) {
    it(`shows every state once: ${kind}`, () => {
      const names = statesOf(drawing(workflow(kind))).map(({ name }) => name);
      const expected = statesIn(parseGraph(workflow(kind)) ?? assert.fail()).map(({ name }) => name);
      assert.deepEqual(names.toSorted(), expected.toSorted());
    });
  }

  it("gives each state the class of where it stands, and the ways that were taken theirs", () => {
    // Prepare
    const { definition, events } = failedTask();
    const marking = events.findIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === "MarkFailed") + 1;
    // Act
    const underWay = drawing(definition, "RUNNING", events.slice(0, marking));
    const ended = drawing(definition, "FAILED", events);
    // Assess
    const shown = (text: string) => statesOf(text).map(({ name, standing }) => `${name} ${standing}`);
    const unreached = ["Marked unreached", "Completed unreached", "Failed unreached", "NotMarked unreached"];
    assert.deepEqual(shown(underWay), ["Process caught", "MarkFailed running", ...unreached]);
    const done = ["Marked succeeded", "Completed unreached", "Failed failed", "NotMarked unreached"];
    assert.deepEqual(shown(ended), ["Process caught", "MarkFailed succeeded", ...done]);
    assert.deepEqual(
      [underWay, ended].map((text) => text.match(/ way--taken"/g)?.length),
      [2, 5],
    );
  });

  it("says in words what it shows", () => {
    // Prepare
    const { definition, events } = failedTask();
    const marking = events.findIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === "MarkFailed") + 1;
    // Act
    const text = drawing(definition, "RUNNING", events.slice(0, marking));
    const cut = drawing(definition, "FAILED", events.slice(0, marking));
    // Assess
    const [, label] = /<svg [^>]*role="img" aria-labelledby="([^"]*)"/.exec(text) ?? [];
    assert.equal(label, "graph-title graph-desc");
    assert.match(text, /<title id="graph-title">The execution is running, in MarkFailed\.<\/title>/);
    const states = "Running: MarkFailed. Error caught: Process. Not reached: Marked, Completed, Failed, NotMarked.";
    assert.ok(text.includes(`<desc id="graph-desc">${states}</desc>`), text);
    assert.ok(cut.includes(`The execution has failed. This is how it stood at event ${marking}; its history goes on.`));
  });

  it("is told apart from another on its page", () => {
    const graph = parseGraph(workflow("tasks")) ?? assert.fail();
    const ids = ["first", "second"].flatMap((id) => {
      const { text } = drawGraph(graph, { status: "RUNNING", states: new Map(), taken: new Set() }, id);
      return [...text.matchAll(/ id="([^"]*)"/g)].map(([, found]) => found);
    });
    assert.equal(ids.length, 8);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("escapes what a definition holds, and shortens a name that does not fit, with the whole of it at hand", () => {
    // Prepare
    const name = `<script>alert("a name that is longer than any box")</script>`;
    const States = {
      [name]: { Type: "Choice", Comment: "</svg>", Choices: [{ Condition: "{% '<b>' %}", Next: "B" }] },
      B: { Type: "Succeed" },
    };
    // Act
    const text = drawing(JSON.stringify({ StartAt: name, States }));
    // Assess
    assert.ok(!text.includes("<script") && !text.includes("<b>"));
    assert.equal(text.match(/<\/svg>/g)?.length, 2);
    assert.ok(text.includes("<title>&lt;script&gt;alert(&quot;a name that is longer than any box&quot;)&lt;/script&gt;: not reached"));
    assert.match(text, />&lt;script&gt;alert\(&quot;a name[^<]*…<\/text>/);
  });

  it("needs no style and no script of its own, and uses no class that the stylesheet does not know", () => {
    // Prepare
    const { definition, events } = failedTask();
    // Act
    const text = drawing(definition, "FAILED", events) + drawing(workflow("orders"), "ABORTED", []);
    // Assess
    assert.doesNotMatch(text, /<script|<style| style=| on\w+=/);
    const known = new Set([...css.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name));
    const plain = new Set([
      "state",
      "way--next",
      "way--choice",
      "label--next",
      "label--choice",
      "label--catch",
      "mark--start",
      "mark--end",
    ]);
    const used = new Set([...text.matchAll(/class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" ")));
    assert.deepEqual(
      [...used].filter((name) => !known.has(name) && !plain.has(name)),
      [],
    );
  });

  it("is not there for a definition that cannot be read", () => {
    assert.equal(drawExecution("{}", "RUNNING", []), undefined);
  });

  it("is there for any machine, with all its states", () => {
    fc.assert(
      fc.property(definitions(2), (definition) => {
        const json = JSON.stringify(definition);
        const expected = statesIn(parseGraph(json) ?? assert.fail()).map(({ name }) => name);
        const names = statesOf(drawing(json)).map(({ name }) => name);
        assert.deepEqual(names.toSorted(), expected.toSorted());
      }),
    );
  });
});
