import { maskTokens } from "../config/masking.ts";

const LENGTH_MAX = 300;

/**
 * An error in one line, for logs and for whoever looks into a failure: without the tokens that its text may repeat. A refused connection has
 * its sentence in a code alone.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return maskTokens(String(error)).slice(0, LENGTH_MAX);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const sentence = error.message === "" ? code : error.message;
  const parts = [error.name, sentence].filter((part) => part !== undefined && part !== "Error");
  return maskTokens(parts.join(": ")).slice(0, LENGTH_MAX);
}
