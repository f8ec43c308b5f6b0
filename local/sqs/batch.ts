import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { batchEntryIdsNotDistinct, emptyBatchRequest, invalidBatchEntryId, tooManyEntries } from "./errors.ts";
import { objectList, optionalText } from "./input.ts";

export interface Entry {
  readonly id: string;
  readonly input: JsonObject;
}

const ENTRIES_MAX = 10;
const ID = /^[A-Za-z0-9_-]{1,80}$/;

/** The entries of a batch, refused whole where AWS refuses the whole batch. `kind` is AWS's name of an entry. */
export function parseEntries(input: JsonObject, kind: string): Entry[] {
  const given = objectList(input, "Entries");
  if (given.length === 0) throw emptyBatchRequest(kind);
  if (given.length > ENTRIES_MAX) throw tooManyEntries(given.length);
  const ids = new Set<string>();
  return given.map((entry) => {
    const id = optionalText(entry, "Id") ?? "";
    if (!ID.test(id)) throw invalidBatchEntryId();
    if (ids.has(id)) throw batchEntryIdsNotDistinct(id);
    ids.add(id);
    return { id, input: entry };
  });
}

/** Does each entry's work. One that AWS would refuse is told so in the answer and leaves the others alone. */
export function answerEntries(entries: readonly Entry[], work: (input: JsonObject) => JsonObject): JsonObject {
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const { id, input } of entries) {
    try {
      successful.push({ Id: id, ...work(input) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: id, SenderFault: true, Code: error.queryCode ?? error.code, Message: error.message });
    }
  }
  return {
    ...(successful.length === 0 ? {} : { Successful: successful }),
    ...(failed.length === 0 ? {} : { Failed: failed }),
  };
}
