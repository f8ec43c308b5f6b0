import type { Json } from "../../json.ts";

/**
 * A JSONPath after parsing. The dialect is that of the Java library Jayway, which AWS evaluates paths with; where it
 * differs from the standard (RFC 9535), AWS's behaviour is followed.
 */
export interface Path {
  readonly text: string;
  readonly root: PathRoot;
  readonly segments: readonly Segment[];
  /** Whether it can name one place only: then it gives that value, otherwise always a list. */
  readonly definite: boolean;
}

/** `$`, `$$`, `$name`, and inside a filter `@`. */
export type PathRoot = { from: "input" } | { from: "context" } | { from: "variable"; name: string } | { from: "item" };

export type Segment =
  | { kind: "names"; names: readonly string[] }
  | { kind: "indexes"; indexes: readonly number[] }
  | { kind: "slice"; from: number | undefined; to: number | undefined }
  | { kind: "wildcard" }
  /** `..`: the segment after it is tried at every depth. */
  | { kind: "descent" }
  | { kind: "filter"; test: Filter }
  | { kind: "function"; name: string; arguments: readonly FilterValue[] };

export type Filter =
  | { kind: "and" | "or"; of: readonly Filter[] }
  | { kind: "not"; of: Filter }
  | { kind: "exists"; path: Path }
  | { kind: "compare"; operator: string; left: FilterValue; right: FilterValue };

export type FilterValue = { kind: "path"; path: Path } | { kind: "literal"; value: Json } | { kind: "pattern"; pattern: RegExp };

/** A path as Jayway prints it, as in `$['a'][0]`: AWS shows it in its causes. */
export function canonicalPath(segments: readonly Segment[]): string {
  return `$${segments.map(canonicalSegment).join("")}`;
}

export function canonicalSegment(segment: Segment): string {
  switch (segment.kind) {
    case "names":
      return `[${segment.names.map((name) => `'${name}'`).join(",")}]`;
    case "indexes":
      return `[${segment.indexes.join(",")}]`;
    case "slice":
      return `[${segment.from ?? ""}:${segment.to ?? ""}]`;
    case "wildcard":
      return "[*]";
    case "descent":
      return "..";
    case "filter":
      return "[?]";
    case "function":
      return `.${segment.name}()`;
  }
}
