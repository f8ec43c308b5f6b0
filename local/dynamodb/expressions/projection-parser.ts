import { Parser } from "./parser.ts";
import type { PathSyntax } from "./syntax.ts";

const KEYWORDS: ReadonlySet<string> = new Set();

export function parseProjection(text: string): PathSyntax[] {
  const parser = new Parser(text, KEYWORDS);
  const paths = parser.list(() => parser.path());
  parser.finish(["reserved"]);
  return paths;
}
