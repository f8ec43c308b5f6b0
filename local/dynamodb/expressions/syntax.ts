/**
 * What an expression says, before `#names` and `:values` are known: this depends on its text alone, so it is parsed once
 * and kept. A path's parts are attribute names, `#placeholders` and list indexes.
 */
export type PathPart = string | number;

export interface PathSyntax {
  readonly kind: "path";
  readonly parts: readonly PathPart[];
}

export interface ValueSyntax {
  readonly kind: "value";
  readonly name: string;
}

export interface FunctionSyntax {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly OperandSyntax[];
}

export interface SumSyntax {
  readonly kind: "sum";
  readonly operator: "+" | "-";
  readonly left: OperandSyntax;
  readonly right: OperandSyntax;
}

export type OperandSyntax = PathSyntax | ValueSyntax | FunctionSyntax | SumSyntax;

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type ConditionSyntax =
  | { readonly kind: "comparison"; readonly operator: Comparator; readonly left: OperandSyntax; readonly right: OperandSyntax }
  | { readonly kind: "between"; readonly operand: OperandSyntax; readonly low: OperandSyntax; readonly high: OperandSyntax }
  | { readonly kind: "in"; readonly operand: OperandSyntax; readonly options: readonly OperandSyntax[] }
  | { readonly kind: "and" | "or"; readonly left: ConditionSyntax; readonly right: ConditionSyntax }
  | { readonly kind: "not"; readonly condition: ConditionSyntax }
  | FunctionSyntax;

export interface Assignment {
  readonly path: PathSyntax;
  readonly value: OperandSyntax;
}

export interface Change {
  readonly path: PathSyntax;
  readonly value: ValueSyntax;
}

export interface UpdateSyntax {
  /** Every path that is changed, in the order of the text. */
  readonly targets: readonly PathSyntax[];
  readonly set: readonly Assignment[];
  readonly remove: readonly PathSyntax[];
  readonly add: readonly Change[];
  readonly delete: readonly Change[];
}
