/** A policy inside a role: it lives and goes with it, and is put as a whole. */
import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { type Calls, unlessMissing } from "../calls.ts";
import { pick, textAt } from "../read-inputs.ts";
import type { ResourceType } from "../resource-type.ts";
import { type Properties, parsedJson } from "../values.ts";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

export const IAM_ROLE_POLICY: ResourceType = {
  type: "aws:iam/rolePolicy:RolePolicy",
  inputs: ["name", "role", "policy"],
  identify: (inputs) => pick(inputs, "role", "name"),
  fixed: ["role", "name"],
  isTagged: false,

  wanted: (inputs) => ({ role: textAt(inputs, "role"), name: textAt(inputs, "name"), policy: parsedJson(inputs.policy) }),

  read: async (identity, { iam }) => {
    const [role, name] = [textAt(identity, "role"), textAt(identity, "name")];
    const found = await unlessMissing(iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name })), ...GONE);
    if (found?.PolicyDocument === undefined) return undefined;
    const id = `${role}:${name}`;
    return { id, properties: { role, name, policy: parsedJson(decodeURIComponent(found.PolicyDocument)) }, outputs: { id } };
  },

  create: (wanted, calls) => put(wanted, calls),
  update: (wanted, _live, _touched, calls) => put(wanted, calls),
  remove: async (identity, { iam }) => {
    const command = new DeleteRolePolicyCommand({ RoleName: textAt(identity, "role"), PolicyName: textAt(identity, "name") });
    await unlessMissing(iam.send(command), ...GONE);
  },
};

async function put(wanted: Properties, { iam }: Calls): Promise<void> {
  const command = new PutRolePolicyCommand({
    RoleName: textAt(wanted, "role"),
    PolicyName: textAt(wanted, "name"),
    PolicyDocument: JSON.stringify(wanted.policy),
  });
  await iam.send(command);
}
