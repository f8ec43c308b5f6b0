import assert from "node:assert/strict";
import { INNER, machineOf, refuses, schema, stateOf } from "./support.ts";

const AT = "/States/S";
const PARALLEL = { Type: "Parallel", Branches: [INNER], End: true };
const MAP = { Type: "Map", ItemProcessor: INNER, End: true };

describe("A Parallel state", () => {
  refuses([
    ["has Branches", { Type: "Parallel", End: true }, [schema("These fields are required: [Branches]", AT)]],
    ["has at least one", { Type: "Parallel", Branches: [], End: true }, [schema("Value cannot be empty", `${AT}/Branches`)]],
    ["has branches that are objects", { ...PARALLEL, Branches: [1] }, [schema("Expected value of type Object", `${AT}/Branches[0]`)]],
    [
      "has complete branches",
      { ...PARALLEL, Branches: [{}] },
      [schema("These fields are required: [States, StartAt]", `${AT}/Branches[0]`)],
    ],
    [
      "has branches without a language of their own",
      { ...PARALLEL, Branches: [{ ...INNER, QueryLanguage: "JSONata" }] },
      [schema("Field 'QueryLanguage' is not supported", `${AT}/Branches[0]`)],
    ],
    [
      "has branches whose states are checked",
      { ...PARALLEL, Branches: [{ StartAt: "A", States: { A: { Type: "Pass" } } }] },
      [schema("This object should have only one of the following fields: [Next, End]", `${AT}/Branches[0]/States/A`)],
    ],
  ]);

  it("keeps its branches in order", () => {
    const other = { StartAt: "Other", States: { Other: { Type: "Succeed" } } };
    const state = stateOf(machineOf({ ...PARALLEL, Branches: [INNER, other] }), "Parallel");
    assert.deepEqual(
      state.branches.map(({ startAt }) => startAt),
      ["In", "Other"],
    );
  });
});

describe("A Map state", () => {
  const which = "[ItemProcessor, Iterator]";
  refuses([
    ["has a processor", { Type: "Map", End: true }, [schema(`This object should have only one of the following fields: ${which}`, AT)]],
    ["has one processor", { ...MAP, Iterator: INNER }, [schema(`There should only be one of the following fields: ${which}`, AT)]],
    [
      "has a complete processor",
      { ...MAP, ItemProcessor: {} },
      [schema("These fields are required: [States, StartAt]", `${AT}/ItemProcessor`)],
    ],
    [
      "has one template for items",
      { ...MAP, ItemSelector: {}, Parameters: {} },
      [schema("There should only be one of the following fields: [ItemSelector, Parameters]", AT)],
    ],
    [
      "has an ItemsPath that is a reference path",
      { ...MAP, ItemsPath: "items" },
      [schema("Value is not a Reference Path: Reference path didn't start with '$'", `${AT}/ItemsPath`)],
    ],
    ["has a MaxConcurrency that is not negative", { ...MAP, MaxConcurrency: -1 }, [schema("Minimum value is 0", `${AT}/MaxConcurrency`)]],
    [
      "has not both MaxConcurrency and MaxConcurrencyPath",
      { ...MAP, MaxConcurrency: 1, MaxConcurrencyPath: "$.m" },
      [schema("There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath]", AT)],
    ],
    [
      "reads no numbers from the context object",
      { ...MAP, MaxConcurrencyPath: "$$.m" },
      [schema("Value is not a Reference Path", `${AT}/MaxConcurrencyPath`)],
    ],
    ["tolerates no negative count", { ...MAP, ToleratedFailureCount: -1 }, [schema("Minimum value is 0", `${AT}/ToleratedFailureCount`)]],
    [
      "tolerates at least 0 percent",
      { ...MAP, ToleratedFailurePercentage: -1 },
      [schema("Minimum value is 0.0", `${AT}/ToleratedFailurePercentage`)],
    ],
    [
      "tolerates at most 100 percent",
      { ...MAP, ToleratedFailurePercentage: 100.5 },
      [schema("Maximum value is 100.0", `${AT}/ToleratedFailurePercentage`)],
    ],
    [
      "has a known mode",
      { ...MAP, ItemProcessor: { ...INNER, ProcessorConfig: { Mode: "NEAR" } } },
      [schema("Value should be one of the following: [INLINE, DISTRIBUTED]", `${AT}/ItemProcessor/ProcessorConfig/Mode`)],
    ],
    [
      "is not distributed, which is not covered",
      { ...MAP, ItemProcessor: { ...INNER, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } } },
      [schema("The embedded endpoint does not cover Distributed Map; use the mode INLINE.", `${AT}/ItemProcessor/ProcessorConfig/Mode`)],
    ],
    [
      "has an execution type only where it is distributed",
      { ...MAP, ItemProcessor: { ...INNER, ProcessorConfig: { Mode: "INLINE", ExecutionType: "STANDARD" } } },
      [schema("Field 'ExecutionType' is not supported", `${AT}/ItemProcessor/ProcessorConfig`)],
    ],
    ...["ItemReader", "ItemBatcher", "ResultWriter", "Label"].map((name): [string, Record<string, never>, string[]] => [
      `has no ${name}, which only a distributed one has`,
      JSON.parse(JSON.stringify({ ...MAP, [name]: {} })),
      [schema(`The embedded endpoint does not cover Distributed Map, and only that has the field '${name}'.`, `${AT}/${name}`)],
    ]),
    [
      "has Items that are a list in JSONata",
      { ...MAP, Items: 1 },
      [schema("Expected value of type Array", `${AT}/Items`)],
      { QueryLanguage: "JSONata" },
    ],
  ]);

  it("has AWS's defaults", () => {
    const state = stateOf(machineOf(MAP), "Map");
    assert.equal(state.itemsPath, "$");
    assert.deepEqual(state.maxConcurrency, { count: 0 });
    assert.deepEqual(
      [state.toleratedCount, state.toleratedPercentage, state.itemSelector, state.items],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("may be written in the older form", () => {
    const state = stateOf(machineOf({ Type: "Map", Iterator: INNER, Parameters: { "a.$": "$$.Map.Item.Value" }, End: true }), "Map");
    assert.equal(state.processor.startAt, "In");
    assert.deepEqual(state.itemSelector, { "a.$": "$$.Map.Item.Value" });
  });

  it("takes numbers, paths and expressions for its limits", () => {
    const paths = stateOf(
      machineOf({ ...MAP, MaxConcurrencyPath: "$.m", ToleratedFailureCount: 2, ToleratedFailurePercentage: 12.5 }),
      "Map",
    );
    const computed = stateOf(machineOf({ ...MAP, Items: "{% [1] %}", MaxConcurrency: "{% 2 %}" }, { QueryLanguage: "JSONata" }), "Map");
    assert.deepEqual(
      [paths.maxConcurrency, paths.toleratedCount, paths.toleratedPercentage],
      [{ path: "$.m" }, { count: 2 }, { percent: 12.5 }],
    );
    assert.deepEqual([computed.items, computed.maxConcurrency], ["{% [1] %}", { jsonata: "{% 2 %}" }]);
  });

  it("reads its items from the context object as well", () => {
    assert.equal(stateOf(machineOf({ ...MAP, ItemsPath: "$$.Execution.Input.items" }), "Map").itemsPath, "$$.Execution.Input.items");
  });
});
