import { Parser } from "./parser.ts";
import type { Comparator, ConditionSyntax, FunctionSyntax, OperandSyntax } from "./syntax.ts";

const KEYWORDS = new Set(["AND", "OR", "NOT", "BETWEEN", "IN"]);
const COMPARATORS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const FUNCTIONS = new Set(["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"]);

type Node = OperandSyntax | ConditionSyntax;

/** Parses a condition, filter or key condition. */
export function parseCondition(text: string): ConditionSyntax {
  return new ConditionParser(text).parse();
}

class ConditionParser {
  readonly #parser: Parser;
  /** What stood in parentheses of its own: a second pair around it is one too many. */
  readonly #wrapped = new Set<Node>();

  constructor(text: string) {
    this.#parser = new Parser(text, KEYWORDS);
  }

  parse(): ConditionSyntax {
    const condition = this.#condition(this.#or());
    this.#parser.finish(["parentheses", "function", "misuse", "reserved"]);
    return condition;
  }

  #or(): Node {
    let left = this.#and();
    while (this.#parser.keyword() === "OR") {
      const condition = this.#condition(left);
      this.#parser.advance();
      left = { kind: "or", left: condition, right: this.#condition(this.#and()) };
    }
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#parser.keyword() === "AND") {
      const condition = this.#condition(left);
      this.#parser.advance();
      left = { kind: "and", left: condition, right: this.#condition(this.#not()) };
    }
    return left;
  }

  #not(): Node {
    if (!this.#parser.acceptKeyword("NOT")) return this.#comparison();
    return { kind: "not", condition: this.#parser.nested(() => this.#condition(this.#not())) };
  }

  #comparison(): Node {
    const left = this.#primary();
    const { token } = this.#parser;
    if (token.kind === "sign" && isComparator(token.text)) {
      const operator = token.text;
      const operand = this.#operand(left);
      this.#parser.advance();
      return { kind: "comparison", operator, left: operand, right: this.#operand(this.#primary()) };
    }
    if (this.#parser.keyword() === "BETWEEN") return this.#between(this.#operand(left));
    if (this.#parser.keyword() === "IN") return this.#in(this.#operand(left));
    return left;
  }

  #between(operand: OperandSyntax): ConditionSyntax {
    this.#parser.advance();
    const low = this.#operand(this.#primary());
    if (!this.#parser.acceptKeyword("AND")) this.#parser.fail();
    return { kind: "between", operand, low, high: this.#operand(this.#primary()) };
  }

  #in(operand: OperandSyntax): ConditionSyntax {
    this.#parser.advance();
    this.#parser.expect("(");
    const options = this.#parser.list(() => this.#operand(this.#primary()));
    this.#parser.expect(")");
    return { kind: "in", operand, options };
  }

  /** Something in parentheses, which may turn out to be a condition or an operand, or an operand. */
  #primary(): Node {
    if (!this.#parser.accept("(")) return this.#call(this.#parser.operand(() => this.#argument()));
    const inner = this.#parser.nested(() => this.#or());
    this.#parser.expect(")");
    if (this.#wrapped.has(inner)) this.#parser.note("parentheses", "The expression has redundant parentheses;");
    this.#wrapped.add(inner);
    return inner;
  }

  #argument(): OperandSyntax {
    return this.#parser.nested(() => this.#operand(this.#primary()));
  }

  #call(operand: OperandSyntax): OperandSyntax {
    if (operand.kind === "function" && !FUNCTIONS.has(operand.name)) {
      this.#parser.note("function", `Invalid function name; function: ${operand.name}`);
    }
    return operand;
  }

  /** `node` stands where only an operand can: a path, a value or a size. */
  #operand(node: Node): OperandSyntax {
    if (!isOperand(node)) return this.#parser.fail();
    if (node.kind === "function" && node.name !== "size") this.#misused(node);
    return node;
  }

  /** `node` stands where only a condition can. */
  #condition(node: Node): ConditionSyntax {
    if (node.kind === "path" || node.kind === "value" || node.kind === "sum") return this.#parser.fail();
    if (node.kind === "function" && node.name === "size") this.#misused(node);
    return node;
  }

  #misused({ name }: FunctionSyntax): void {
    this.#parser.note("misuse", `The function is not allowed to be used this way in an expression; function: ${name}`);
  }
}

function isComparator(text: string): text is Comparator {
  return COMPARATORS.has(text);
}

function isOperand(node: Node): node is OperandSyntax {
  return node.kind === "path" || node.kind === "value" || node.kind === "function" || node.kind === "sum";
}
