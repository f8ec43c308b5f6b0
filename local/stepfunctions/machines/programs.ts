import { parseDefinition } from "../asl/parse.ts";
import type { Program } from "../asl/program.ts";

/** How much definition text may stand parsed in memory; a program takes a few times the room of its text. */
const TEXT_CHARACTERS_MAX = 16 * 1024 * 1024;
const PROGRAMS_MAX = 1000;

interface Entry {
  program: Program;
  characters: number;
}

/** The programs used last, so that a definition is parsed once and not for every step of every execution. */
export class Programs {
  readonly #entries = new Map<number, Entry>();
  readonly #read: (definitionId: number) => string;
  #characters = 0;

  constructor(read: (definitionId: number) => string) {
    this.#read = read;
  }

  get(definitionId: number): Program {
    const known = this.#entries.get(definitionId);
    if (known !== undefined) {
      // Entered anew, it is the last one to be dropped: a Map keeps the order of entering.
      this.#entries.delete(definitionId);
      this.#entries.set(definitionId, known);
      return known.program;
    }
    const text = this.#read(definitionId);
    const program = parsed(definitionId, text);
    this.#entries.set(definitionId, { program, characters: text.length });
    this.#characters += text.length;
    this.#shrink();
    return program;
  }

  /** Forgets what was made from rows that a rollback may have taken back: those from `firstId` on. */
  forgetFrom(firstId: number): void {
    for (const id of this.#entries.keys()) {
      if (id >= firstId) this.#forget(id);
    }
  }

  #shrink(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= 1 || (this.#characters <= TEXT_CHARACTERS_MAX && this.#entries.size <= PROGRAMS_MAX)) return;
      this.#forget(id);
    }
  }

  #forget(id: number): void {
    this.#characters -= this.#entries.get(id)?.characters ?? 0;
    this.#entries.delete(id);
  }
}

function parsed(definitionId: number, text: string): Program {
  const result = parseDefinition(text);
  if ("program" in result) return result.program;
  const [first] = result.diagnostics;
  throw new Error(`The stored definition ${definitionId} cannot be read by this version: ${first?.message} at ${first?.location}`);
}
