/*
 * This script runs inside the JSONata sandbox (see jsonata-sandbox.ts), after the library's source: it looks at expressions
 * without evaluating them.
 */

/** What the outside must know of an expression before it evaluates it. */
function inspect(text) {
  try {
    const tree = jsonata(text).ast();
    host.answer(
      "value",
      JSON.stringify({ variables: [...variablesIn(tree)], topLevel: topLevelReferences(tree), isSimple: isSimple(tree) }),
    );
  } catch (problem) {
    host.answer("problem", JSON.stringify({ code: problem.code ?? "", message: problem.message ?? String(problem) }));
  }
}

/** The names of all variables read anywhere, functions among them, apart from those the expression itself binds. */
function variablesIn(tree) {
  const read = new Set();
  const bound = new Set();
  const waiting = [tree];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== "object" || node === null) continue;
    if (node.type === "variable") read.add(node.value);
    if (node.type === "bind") bound.add(node.lhs.value);
    if (node.type === "lambda") for (const parameter of node.arguments) bound.add(parameter.value);
    if (typeof node.focus === "string") bound.add(node.focus);
    if (typeof node.index === "string") bound.add(node.index);
    for (const child of Object.values(node)) waiting.push(child);
  }
  return new Set([...read].filter((name) => !bound.has(name)));
}

/**
 * What an expression reads from the top-level context, which a workflow does not have: AWS refuses such definitions. Only
 * the first step of a path does; a function's body keeps the context it is written in.
 */
function topLevelReferences(node) {
  if (node === undefined || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(topLevelReferences);
  switch (node.type) {
    case "path":
      return topLevelReferences(node.steps[0]);
    case "name":
      return [node.value];
    case "variable":
      return node.value === "" ? ["$"] : node.value === "$" ? ["$$"] : [];
    case "unary":
      return topLevelReferences(node.value === "[" ? node.expressions : node.value === "{" ? node.lhs : node.expression);
    case "binary":
    case "apply":
      return topLevelReferences([node.lhs, node.rhs]);
    case "function":
    case "partial":
      return topLevelReferences([node.procedure, node.arguments]);
    case "lambda":
      return topLevelReferences(node.body);
    case "condition":
      return topLevelReferences([node.condition, node.then, node.else]);
    case "block":
      return topLevelReferences(node.expressions);
    case "bind":
      return topLevelReferences(node.rhs);
    default:
      return [];
  }
}

/** Whether an expression cannot take longer than its text and its data are long: then it needs no watch on its time. */
function isSimple(node) {
  if (node === undefined || node === null) return true;
  if (Array.isArray(node)) return node.every(isSimple);
  if (node.predicate !== undefined || node.group !== undefined || node.stages !== undefined) return false;
  switch (node.type) {
    case "path":
      return node.steps.every((step, index) => (step.type === "name" || (index === 0 && step.type === "variable")) && isSimple(step));
    case "name":
    case "variable":
    case "string":
    case "number":
    case "value":
      return true;
    case "unary":
      return isSimple(node.value === "[" ? node.expressions : node.value === "{" ? node.lhs : node.expression);
    case "binary":
      return node.value !== ".." && isSimple([node.lhs, node.rhs]);
    case "condition":
      return isSimple([node.condition, node.then, node.else]);
    default:
      return false;
  }
}

globalThis.inspect = inspect;
