/** Tags are pairs to most services of AWS, and names with texts to Pulumi. */

export function tagListOf(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagMapOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
