import { RecentlyUsed } from "../../recently-used.ts";
import { parseDefinition } from "../asl/parse.ts";
import type { Program } from "../asl/program.ts";

/** How much definition text may stand parsed in memory; a program takes a few times the room of its text. */
const TEXT_CHARACTERS_MAX = 16 * 1024 * 1024;

/** What the shortest definition counts for, so that there are not too many of them either. */
const CHARACTERS_MIN = 16 * 1024;

interface Entry {
  readonly program: Program;
  readonly characters: number;
}

/** The programs used last, so that a definition is parsed once and not for every step of every execution. */
export class Programs {
  readonly #entries = new RecentlyUsed<number, Entry>(TEXT_CHARACTERS_MAX, ({ characters }) => Math.max(characters, CHARACTERS_MIN));
  readonly #read: (definitionId: number) => string;

  constructor(read: (definitionId: number) => string) {
    this.#read = read;
  }

  get(definitionId: number): Program {
    const known = this.#entries.get(definitionId);
    if (known !== undefined) return known.program;
    const text = this.#read(definitionId);
    const program = parsed(definitionId, text);
    this.#entries.set(definitionId, { program, characters: text.length });
    return program;
  }

  /** Forgets what was made from rows that a rollback may have taken back: those from `firstId` on. */
  forgetFrom(firstId: number): void {
    this.#entries.deleteWhere((id) => id >= firstId);
  }
}

function parsed(definitionId: number, text: string): Program {
  const result = parseDefinition(text);
  if ("program" in result) return result.program;
  const [first] = result.diagnostics;
  throw new Error(`The stored definition ${definitionId} cannot be read by this version: ${first?.message} at ${first?.location}`);
}
