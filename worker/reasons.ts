const LENGTH_MAX = 300;

/** An error in one line, for logs and for whoever looks into a failure. A refused connection has its sentence in a code alone. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, LENGTH_MAX);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const sentence = error.message === "" ? code : error.message;
  return [error.name, sentence]
    .filter((part) => part !== undefined && part !== "Error")
    .join(": ")
    .slice(0, LENGTH_MAX);
}
