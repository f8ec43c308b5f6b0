import type { Json } from "../../json.ts";
import type { Report } from "./diagnostics.ts";
import { Fields } from "./fields.ts";
import type { QueryLanguage, State, StateTable } from "./program.ts";
import { readState } from "./state.ts";

/** What reading a Parallel or Map needs to read the tables of states inside it. */
export interface Tables {
  report: Report;
  /** The machine's language, which every state inherits, however deep it is. */
  language: QueryLanguage;
  /** The names of all states so far: they are unique across the machine. */
  names: Set<string>;
  /** Every table read so far, and where it stands in the definition. */
  places: Map<StateTable, string>;
  /** Reads the states of a branch or an item processor. */
  nested(value: Json, at: string, fields: ReadonlySet<string>): { table: StateTable; fields: Fields } | undefined;
}

const STATE_NAME_MAX = 80;

export function tablesOf(report: Report, language: QueryLanguage): Tables {
  const tables: Tables = {
    report,
    language,
    names: new Set(),
    places: new Map(),
    nested(value, at, allowed) {
      const fields = Fields.of(report, value, at);
      if (fields === undefined) return undefined;
      fields.only(allowed);
      fields.string("Comment");
      return { table: readTable(tables, fields), fields };
    },
  };
  return tables;
}

/** Reads StartAt and States. */
export function readTable(tables: Tables, fields: Fields): StateTable {
  fields.required("States", "StartAt");
  const startAt = fields.string("StartAt") ?? "";
  const given = fields.object("States") ?? {};
  if (fields.has("States") && Object.keys(given).length === 0) tables.report.schema("Value cannot be empty", fields.place("States"));
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(given)) {
    const at = `${fields.place("States")}/${name}`;
    checkName(tables, name, at);
    const state = readState(tables, name, value, at);
    if (state !== undefined) states.set(name, state);
  }
  const table = { startAt, states };
  tables.places.set(table, fields.at === "/" ? "" : fields.at);
  return table;
}

function checkName({ report, names }: Tables, name: string, at: string): void {
  if ([...name].length > STATE_NAME_MAX) {
    report.error("INVALID_STATE_NAME", `State name '${name}' exceeds the ${STATE_NAME_MAX}-character limit allowed by the service`, at);
  }
  if (names.has(name)) report.error("DUPLICATE_STATE_NAME", `Duplicate State name: ${name}`, at);
  names.add(name);
}
