/** As much of a text as so many bytes of UTF-8 hold. A character that the cut goes through is left out. */
export function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  return bytes
    .subarray(0, most)
    .toString("utf8")
    .replace(/\uFFFD$/, "");
}
