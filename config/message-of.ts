/** What a caught error says, to be put into a sentence: whatever was thrown has one. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
