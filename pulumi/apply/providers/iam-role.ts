/** Roles: who may act as one is changed in place. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { unlessMissing, until } from "../calls.ts";
import { optionalTextAt, pick, textAt, textMapAt } from "../read-inputs.ts";
import type { ResourceType } from "../resource-type.ts";
import { parsedJson } from "../values.ts";
import { tagListOf, tagMapOf } from "./tags.ts";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

export const IAM_ROLE: ResourceType = {
  type: "aws:iam/role:Role",
  inputs: ["name", "assumeRolePolicy", "description", "tags"],
  identify: (inputs) => pick(inputs, "name"),
  fixed: ["name"],
  isTagged: true,

  wanted: (inputs) => ({
    name: textAt(inputs, "name"),
    assumeRolePolicy: parsedJson(inputs.assumeRolePolicy),
    description: optionalTextAt(inputs, "description") ?? null,
    tags: textMapAt(inputs, "tags"),
  }),

  read: async (identity, { iam }) => {
    const name = textAt(identity, "name");
    const role = (await unlessMissing(iam.send(new GetRoleCommand({ RoleName: name })), ...GONE))?.Role;
    if (role === undefined) return undefined;
    const assumeRolePolicy = parsedJson(decodeURIComponent(role.AssumeRolePolicyDocument ?? ""));
    const description = role.Description === undefined || role.Description === "" ? null : role.Description;
    return {
      id: name,
      properties: { name, assumeRolePolicy, description, tags: tagMapOf(role.Tags) },
      outputs: { id: name, arn: role.Arn ?? "", uniqueId: role.RoleId ?? "" },
    };
  },

  create: async (wanted, { iam }) => {
    const command = new CreateRoleCommand({
      RoleName: textAt(wanted, "name"),
      AssumeRolePolicyDocument: JSON.stringify(wanted.assumeRolePolicy),
      Description: optionalTextAt(wanted, "description"),
      Tags: tagListOf(textMapAt(wanted, "tags")),
    });
    // A retry of the SDK's can meet what its first try made.
    await unlessMissing(iam.send(command), "EntityAlreadyExistsException", "EntityAlreadyExists");
  },

  update: async (wanted, { properties }, touched, { iam }) => {
    const RoleName = textAt(wanted, "name");
    const PolicyDocument = JSON.stringify(wanted.assumeRolePolicy);
    if (touched.has("assumeRolePolicy")) await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const Description = optionalTextAt(wanted, "description") ?? "";
    if (touched.has("description")) await iam.send(new UpdateRoleCommand({ RoleName, Description }));
    if (!touched.has("tags")) return;
    const tags = textMapAt(wanted, "tags");
    const stale = Object.keys(textMapAt(properties, "tags")).filter((key) => tags[key] === undefined);
    if (stale.length > 0) await iam.send(new UntagRoleCommand({ RoleName, TagKeys: stale }));
    if (Object.keys(tags).length > 0) await iam.send(new TagRoleCommand({ RoleName, Tags: tagListOf(tags) }));
  },

  remove: async (identity, { iam }) => {
    const RoleName = textAt(identity, "name");
    await unlessMissing(iam.send(new DeleteRoleCommand({ RoleName })), ...GONE);
    const find = () => unlessMissing(iam.send(new GetRoleCommand({ RoleName })), ...GONE);
    await until(`the role ${RoleName} is gone`, async () => (await find()) === undefined);
  },
};
