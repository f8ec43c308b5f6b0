/** State machines: definition and role are changed in place, and executions under way go on with what they began with. */
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
  paginateListStateMachines,
  type SFNClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { unlessMissing, until } from "../calls.ts";
import { optionalTextAt, pick, textAt, textMapAt } from "../read-inputs.ts";
import { ApplyError, type ResourceType } from "../resource-type.ts";
import { parsedJson } from "../values.ts";

const GONE = "StateMachineDoesNotExist";

export const SFN_STATE_MACHINE: ResourceType = {
  type: "aws:sfn/stateMachine:StateMachine",
  inputs: ["name", "definition", "roleArn", "type", "tags"],
  identify: (inputs) => pick(inputs, "name"),
  fixed: ["name", "type"],
  isTagged: true,

  wanted: (inputs) => ({
    name: textAt(inputs, "name"),
    type: optionalTextAt(inputs, "type") ?? "STANDARD",
    roleArn: textAt(inputs, "roleArn"),
    definition: parsedJson(inputs.definition),
    tags: textMapAt(inputs, "tags"),
  }),

  read: async (identity, { sfn }) => {
    const name = textAt(identity, "name");
    const stateMachineArn = await arnOf(name, sfn);
    if (stateMachineArn === undefined) return undefined;
    const found = await unlessMissing(sfn.send(new DescribeStateMachineCommand({ stateMachineArn })), GONE);
    if (found === undefined || found.status === "DELETING") return undefined;
    const { tags = [] } = await sfn.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }));
    const { roleArn = "", definition, type = "" } = found;
    return {
      id: stateMachineArn,
      properties: { name, type, roleArn, definition: parsedJson(definition), tags: tagsOf(tags) },
      outputs: { id: stateMachineArn, arn: stateMachineArn },
    };
  },

  create: async (wanted, { sfn }) => {
    const type = textAt(wanted, "type");
    if (type !== "STANDARD" && type !== "EXPRESS") throw new ApplyError(`type must be STANDARD or EXPRESS, not ${type}.`);
    const command = new CreateStateMachineCommand({
      name: textAt(wanted, "name"),
      type,
      roleArn: textAt(wanted, "roleArn"),
      definition: definitionText(wanted.definition),
      tags: Object.entries(textMapAt(wanted, "tags")).map(([key, value]) => ({ key, value })),
    });
    // One of the same name may still be on its way out.
    const isMade = async () => (await unlessMissing(sfn.send(command), "StateMachineDeleting")) !== undefined;
    await until("the state machine's name is free", isMade);
  },

  update: async (wanted, { id, properties }, touched, { sfn }) => {
    if (touched.has("definition") || touched.has("roleArn")) {
      const [definition, roleArn] = [definitionText(wanted.definition), textAt(wanted, "roleArn")];
      await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: id, definition, roleArn }));
    }
    if (!touched.has("tags")) return;
    const tags = textMapAt(wanted, "tags");
    const stale = Object.keys(textMapAt(properties, "tags")).filter((key) => tags[key] === undefined);
    if (stale.length > 0) await sfn.send(new UntagResourceCommand({ resourceArn: id, tagKeys: stale }));
    const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
    if (pairs.length > 0) await sfn.send(new TagResourceCommand({ resourceArn: id, tags: pairs }));
  },

  remove: async (identity, { sfn }) => {
    const name = textAt(identity, "name");
    const stateMachineArn = await arnOf(name, sfn);
    if (stateMachineArn === undefined) return;
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    const find = () => unlessMissing(sfn.send(new DescribeStateMachineCommand({ stateMachineArn })), GONE);
    await until(`the state machine ${name} is gone`, async () => (await find()) === undefined);
  },
};

/** Found in the list, since its ARN names an account that is not known otherwise. */
async function arnOf(name: string, client: SFNClient): Promise<string | undefined> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    const found = stateMachines.find((machine) => machine.name === name);
    if (found !== undefined) return found.stateMachineArn;
  }
  return undefined;
}

/** As a person would write it, since consoles show it as it was given. */
function definitionText(definition: unknown): string {
  return JSON.stringify(definition, undefined, 2);
}

function tagsOf(tags: readonly { key?: string | undefined; value?: string | undefined }[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value]));
}
