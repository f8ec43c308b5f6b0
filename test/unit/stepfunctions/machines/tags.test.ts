import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { type Ground, makeGround, PREFIX, refused } from "./support.ts";

let ground: Ground;
let arn: string;
beforeEach(async () => {
  ground = makeGround();
  arn = await ground.create("m", {
    publish: true,
    tags: [
      { key: "b", value: "1" },
      { key: "a", value: "" },
    ],
  });
});
afterEach(() => ground.close());

const tag = (tags: JsonObject[], resourceArn = arn) => ground.call("TagResource", { resourceArn, tags });
const tags = async () => (await ground.call("ListTagsForResource", { resourceArn: arn })).tags;

describe("A machine's tags", () => {
  it("are listed as they were given", async () => {
    assert.deepEqual(await tags(), [
      { key: "b", value: "1" },
      { key: "a", value: "" },
    ]);
  });

  it("can be added and changed", async () => {
    await tag([
      { key: "b", value: "2" },
      { key: "c", value: "3" },
    ]);
    await tag([]);
    assert.deepEqual(await tags(), [
      { key: "b", value: "2" },
      { key: "a", value: "" },
      { key: "c", value: "3" },
    ]);
  });

  it("can be removed, be they there or not", async () => {
    await ground.call("UntagResource", { resourceArn: arn, tagKeys: ["b", "none"] });
    assert.deepEqual(await tags(), [{ key: "a", value: "" }]);
  });

  it("have keys and values", async () => {
    await refused(tag([{ key: "", value: "v" }]), "ValidationException", /at 'tags.1.member.key' .* greater than or equal to 1$/);
    await refused(tag([{ key: "k" }]), "ValidationException", /^1 validation error detected: Value null at 'tags.1.member.value'/);
    await refused(ground.call("TagResource", { resourceArn: arn }), "ValidationException", /Value null at 'tags'/);
    await refused(ground.call("UntagResource", { resourceArn: arn }), "ValidationException", /Value null at 'tagKeys'/);
  });

  it("are 50 at most", async () => {
    const many = Array.from({ length: 49 }, (_, i) => ({ key: `k${i}`, value: "v" }));
    await refused(tag(many), "TooManyTags", /at most 50/);
    assert.equal((await tags())?.toString().length, 31, "nothing of the call was kept");
  });

  it("belong to machines, not to versions", async () => {
    await refused(tag([], `${arn}:1`), "ResourceNotFound", `Resource not found: '${arn}:1'`);
    await refused(tag([], `${PREFIX}none`), "ResourceNotFound", `Resource not found: '${PREFIX}none'`);
    await refused(tag([], "m"), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: m'");
  });
});
