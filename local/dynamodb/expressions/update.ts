import { type AttributeValue, type TypeName, typeOf } from "../value.ts";
import { wrongType } from "./condition.ts";
import { ExpressionError } from "./parser.ts";
import { checkDistinct } from "./paths.ts";
import type { Path, Placeholders } from "./placeholders.ts";
import type { Change, FunctionSyntax, OperandSyntax, UpdateSyntax } from "./syntax.ts";

/** An update whose names and values are known, ready to be applied to items. */
export interface Update {
  /** Every path that is changed. */
  readonly targets: readonly Path[];
  readonly set: readonly SetAction[];
  readonly remove: readonly Path[];
  readonly add: readonly ChangeAction[];
  readonly delete: readonly ChangeAction[];
}

export interface SetAction {
  readonly path: Path;
  readonly source: Source;
}

export interface ChangeAction {
  readonly path: Path;
  readonly value: AttributeValue;
}

/** Where a SET takes its value from. */
export type Source =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "if_not_exists"; readonly path: Path; readonly otherwise: Source }
  | { readonly kind: "list_append"; readonly left: Source; readonly right: Source }
  | { readonly kind: "sum"; readonly operator: "+" | "-"; readonly left: Source; readonly right: Source };

const LONG_TYPE_NAMES: Record<TypeName, string> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
  L: "LIST",
  M: "MAP",
};

/** AWS complains of undefined placeholders first, then of paths that meet, and only then of types. */
export function bindUpdate(syntax: UpdateSyntax, placeholders: Placeholders): Update {
  const mistakes: ExpressionError[] = [];
  const targets = syntax.targets.map((path) => placeholders.path(path));
  const set = syntax.set.map(({ path, value }) => ({
    path: placeholders.path(path),
    source: bindSource(value, placeholders, mistakes),
  }));
  const remove = syntax.remove.map((path) => placeholders.path(path));
  const add = syntax.add.map((change) => bindChange(change, placeholders));
  const deleted = syntax.delete.map((change) => bindChange(change, placeholders));
  checkDistinct(targets);
  for (const { value } of add) checkChangeType("ADD", value, "N" in value || isSet(value));
  for (const { value } of deleted) checkChangeType("DELETE", value, isSet(value));
  if (mistakes[0] !== undefined) throw mistakes[0];
  return { targets, set, remove, add, delete: deleted };
}

function bindChange({ path, value }: Change, placeholders: Placeholders): ChangeAction {
  return { path: placeholders.path(path), value: placeholders.value(value.name) };
}

export function isSet(value: AttributeValue): boolean {
  return "SS" in value || "NS" in value || "BS" in value;
}

function checkChangeType(operator: string, value: AttributeValue, fits: boolean): void {
  if (!fits) throw wrongType("operator", operator, LONG_TYPE_NAMES[typeOf(value)]);
}

function bindSource(syntax: OperandSyntax, placeholders: Placeholders, mistakes: ExpressionError[]): Source {
  if (syntax.kind === "path") return { kind: "path", path: placeholders.path(syntax) };
  if (syntax.kind === "value") return { kind: "value", value: placeholders.value(syntax.name) };
  if (syntax.kind === "function") return bindFunction(syntax, placeholders, mistakes);
  const left = bindSource(syntax.left, placeholders, mistakes);
  const right = bindSource(syntax.right, placeholders, mistakes);
  for (const operand of [left, right]) expectType("N", syntax.operator, operand, mistakes);
  return { kind: "sum", operator: syntax.operator, left, right };
}

function bindFunction(syntax: FunctionSyntax, placeholders: Placeholders, mistakes: ExpressionError[]): Source {
  const operands = syntax.operands.map((operand) => bindSource(operand, placeholders, mistakes));
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length !== 2) {
    mistakes.push(
      new ExpressionError(
        `Incorrect number of operands for operator or function; operator or function: ${syntax.name}, number of operands: ${operands.length}`,
      ),
    );
    return { kind: "value", value: { NULL: true } };
  }
  if (syntax.name === "list_append") {
    for (const operand of [left, right]) expectType("L", "list_append", operand, mistakes);
    return { kind: "list_append", left, right };
  }
  if (left.kind === "path") return { kind: "if_not_exists", path: left.path, otherwise: right };
  mistakes.push(new ExpressionError("Operator or function requires a document path; operator or function: if_not_exists"));
  return right;
}

function expectType(wanted: TypeName, operator: string, source: Source, mistakes: ExpressionError[]): void {
  const type = knownType(source);
  if (type !== undefined && type !== wanted) mistakes.push(wrongType("operator or function", operator, type));
}

/** The type of what a source gives, where that does not depend on the item. */
export function knownType(source: Source): TypeName | undefined {
  if (source.kind === "value") return typeOf(source.value);
  if (source.kind === "list_append") return "L";
  return source.kind === "sum" ? "N" : undefined;
}

/** Every path an update reads or writes. */
export function updatePaths(update: Update): Path[] {
  return [...update.targets, ...update.set.flatMap(({ source }) => sourcePaths(source))];
}

function sourcePaths(source: Source): Path[] {
  if (source.kind === "value") return [];
  if (source.kind === "path") return [source.path];
  if (source.kind === "if_not_exists") return [source.path, ...sourcePaths(source.otherwise)];
  return [...sourcePaths(source.left), ...sourcePaths(source.right)];
}
