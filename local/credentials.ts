import { randomBytes } from "node:crypto";

/** What stands for credentials here: any access key is accepted, and one secret signs for all of them. */
export function endpointSecret(): string {
  return process.env.AWS_SECRET_ACCESS_KEY || "test";
}

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id as IAM and STS make them: four letters that tell what it is of, then random letters and digits. */
export function uniqueId(prefix: string, length = 21): string {
  const random = [...randomBytes(length - prefix.length)].map((byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]);
  return prefix + random.join("");
}
