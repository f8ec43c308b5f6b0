import fc from "fast-check";
import type { NewEvent } from "../../../domain/event.ts";

export const recordId = fc.stringMatching(/^[A-Za-z0-9_-]{1,48}$/);
export const version = fc.integer({ min: 1, max: 999_999_999 });

const word = fc.string({ minLength: 1, maxLength: 20, unit: "binary" }).filter((text) => text.isWellFormed());
const note = fc.string({ maxLength: 120, unit: "binary" }).filter((text) => text.isWellFormed());
const moment = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") }).map((date) => date.toISOString());

export const eventFacts: fc.Arbitrary<NewEvent> = fc.record(
  {
    kind: word,
    id: recordId,
    version,
    from: fc.option(word),
    to: word,
    note,
    changedAt: moment,
    changeId: word,
    type: word,
    traceparent: word,
    http: word,
    details: fc.dictionary(word, note, { noNullPrototype: true }),
  },
  { requiredKeys: ["kind", "id", "version", "from", "to", "changedAt", "changeId", "type"] },
);
