/** What an apply does with each resource, and how it says so: in the words of Pulumi. */
import { type Change, describeChange } from "./diff.ts";

export type Operation = "same" | "create" | "update" | "delete";

export interface Step {
  readonly operation: Operation;
  readonly type: string;
  readonly name: string;
  readonly changes: readonly Change[];
}

/** Something went wrong with this resource. */
export class ResourceFailed extends Error {
  override readonly name = "ResourceFailed";

  constructor({ type, name }: Pick<Step, "type" | "name">, cause: unknown) {
    super(`${type} ${name}: ${reasonOf(cause)}`, { cause });
  }
}

/** AWS's errors say by their name what their message often does not. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return "$metadata" in cause ? `${cause.name}: ${cause.message}` : cause.message;
}

const CHANGES_SHOWN_MAX = 6;
const SIGNS: Readonly<Record<Operation, string>> = { same: " ", create: "+", update: "~", delete: "-" };
const DONE: Readonly<Record<Operation, string>> = { same: "unchanged", create: "created", update: "updated", delete: "deleted" };
const TO_DO: Readonly<Record<Operation, string>> = { same: "unchanged", create: "to create", update: "to update", delete: "to delete" };

/** One line for each resource that changes; none for one that stays. */
export function describeStep({ operation, type, name, changes }: Step): string | undefined {
  if (operation === "same") return undefined;
  return `${SIGNS[operation]} ${type} ${name} ${operation}${operation === "update" ? ` ${describeDiff(changes)}` : ""}`;
}

function describeDiff(changes: readonly Change[]): string {
  const shown = changes.slice(0, CHANGES_SHOWN_MAX).map(describeChange);
  const more = changes.length - shown.length;
  return `[diff: ${shown.join(", ")}${more > 0 ? `, and ${more} more` : ""}]`;
}

export function summarise(steps: readonly Step[], isPreview: boolean): string {
  const count = (operation: Operation) => steps.filter((step) => step.operation === operation).length;
  const words = isPreview ? TO_DO : DONE;
  const order: readonly Operation[] = ["create", "update", "delete", "same"];
  const parts = order.filter((operation) => operation === "same" || count(operation) > 0);
  return `Resources: ${parts.map((operation) => `${count(operation)} ${words[operation]}`).join(", ")}`;
}
