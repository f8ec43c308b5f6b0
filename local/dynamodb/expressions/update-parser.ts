import { Parser } from "./parser.ts";
import type { Assignment, Change, OperandSyntax, PathSyntax, UpdateSyntax } from "./syntax.ts";

const SECTIONS = new Set(["SET", "REMOVE", "ADD", "DELETE"]);
const FUNCTIONS = new Set(["if_not_exists", "list_append"]);

export function parseUpdate(text: string): UpdateSyntax {
  return new UpdateParser(text).parse();
}

class UpdateParser {
  readonly #parser: Parser;
  readonly #targets: PathSyntax[] = [];
  readonly #set: Assignment[] = [];
  readonly #remove: PathSyntax[] = [];
  readonly #add: Change[] = [];
  readonly #delete: Change[] = [];

  constructor(text: string) {
    this.#parser = new Parser(text, SECTIONS);
  }

  parse(): UpdateSyntax {
    const seen = new Set<string>();
    do {
      const section = this.#parser.keyword() ?? this.#parser.fail();
      if (seen.has(section)) {
        this.#parser.note("section", `The "${section}" section can only be used once in an update expression;`);
      }
      seen.add(section);
      this.#parser.advance();
      this.#section(section);
    } while (this.#parser.keyword() !== undefined);
    this.#parser.finish(["reserved", "function", "section"]);
    return { targets: this.#targets, set: this.#set, remove: this.#remove, add: this.#add, delete: this.#delete };
  }

  #section(section: string): void {
    if (section === "SET") this.#set.push(...this.#parser.list(() => this.#assignment()));
    else if (section === "REMOVE") this.#remove.push(...this.#parser.list(() => this.#target()));
    else if (section === "ADD") this.#add.push(...this.#parser.list(() => this.#change()));
    else this.#delete.push(...this.#parser.list(() => this.#change()));
  }

  #target(): PathSyntax {
    const path = this.#parser.path();
    this.#targets.push(path);
    return path;
  }

  #assignment(): Assignment {
    const path = this.#target();
    this.#parser.expect("=");
    return { path, value: this.#value() };
  }

  #change(): Change {
    const path = this.#target();
    if (this.#parser.token.kind !== "value") this.#parser.fail();
    return { path, value: { kind: "value", name: this.#parser.advance().text } };
  }

  #value(): OperandSyntax {
    const left = this.#operand();
    const { kind, text } = this.#parser.token;
    if (kind !== "sign" || (text !== "+" && text !== "-")) return left;
    this.#parser.advance();
    return { kind: "sum", operator: text, left, right: this.#operand() };
  }

  #operand(): OperandSyntax {
    if (this.#parser.accept("(")) {
      const inner = this.#parser.nested(() => this.#value());
      this.#parser.expect(")");
      return inner;
    }
    const operand = this.#parser.operand(() => this.#parser.nested(() => this.#operand()));
    if (operand.kind === "function" && !FUNCTIONS.has(operand.name)) {
      this.#parser.note("function", `Invalid function name; function: ${operand.name}`);
    }
    return operand;
  }
}
