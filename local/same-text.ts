import { timingSafeEqual } from "node:crypto";

/** For what is secret in a text: the comparison takes the same time whatever the two have in common. */
export function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
