import { ACCOUNT } from "../../service.ts";
import { invalidArn } from "./errors.ts";

/** A state machine's ARN, which may name a version (a number) or an alias of it. */
export interface MachineArn {
  machineArn: string;
  qualifier: { version: number } | { alias: string } | undefined;
}

export function machineArnOf(region: string, name: string): string {
  return `${machineArnPrefix(region)}${name}`;
}

/** What the ARNs of all machines of a region begin with. */
export function machineArnPrefix(region: string): string {
  return `arn:aws:states:${region}:${ACCOUNT}:stateMachine:`;
}

/** Throws InvalidArn for what cannot be the ARN of a machine, whether it exists or not. */
export function parseMachineArn(arn: string): MachineArn {
  if (!arn.startsWith("arn:")) throw invalidArn(`Invalid ARN prefix: ${arn}`);
  const [, partition, service, region, account, type, name, qualifier, ...rest] = arn.split(":");
  if (service !== "states" || !partition || !region || !account) throw invalidArn(arn);
  if (type !== "stateMachine") throw invalidArn(`Resource type not valid in this context: ${type ?? ""}`);
  if (!name || qualifier === "" || rest.length > 0) throw invalidArn(arn);
  const machineArn = `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
  if (qualifier === undefined) return { machineArn, qualifier };
  return { machineArn, qualifier: /^\d+$/.test(qualifier) ? { version: Number(qualifier) } : { alias: qualifier } };
}

export function versionArnOf(machineArn: string, version: number): string {
  return `${machineArn}:${version}`;
}
