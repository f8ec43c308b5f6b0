import { CreateRoleCommand } from "@aws-sdk/client-iam";
import type { Clients } from "./clients.ts";

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** Makes a role that Step Functions may assume, and gives its ARN. */
export async function createExecutionRole(clients: Clients, name: string): Promise<string> {
  const created = await clients.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(TRUST) }));
  if (created.Role?.Arn === undefined) throw new Error("CreateRole answered without the role's ARN.");
  return created.Role.Arn;
}
