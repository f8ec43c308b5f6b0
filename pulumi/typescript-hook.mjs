/** Reads TypeScript for a Node that does not: only what types are is taken out, as newer ones do it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

const COMPILER_OPTIONS = {
  target: typescript.ScriptTarget.ES2022,
  module: typescript.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
};

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const fileName = fileURLToPath(url);
  const { outputText } = typescript.transpileModule(await readFile(fileName, "utf8"), { fileName, compilerOptions: COMPILER_OPTIONS });
  return { format: "module", source: outputText, shortCircuit: true };
}
