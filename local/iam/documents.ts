import { isObject, type Json, type JsonObject } from "../json.ts";
import { malformedPolicy } from "./errors.ts";

/** Policy documents are checked for their form and stored; nothing here enforces them. */

export type DocumentKind = "identity" | "trust";

const VERSIONS = ["2008-10-17", "2012-10-17"];
const DOCUMENT_LENGTH_MAX = 131_072;

/** Gives the text back as it came: AWS answers documents byte by byte as they were put. */
export function checkDocument(text: string, kind: DocumentKind): string {
  if (text.length > DOCUMENT_LENGTH_MAX) throw malformedPolicy("Syntax errors in policy.");
  let document: Json;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicy("This policy contains invalid Json");
  }
  if (!isObject(document)) throw malformedPolicy("Syntax errors in policy.");
  const { Version: version, Statement: statement } = document;
  if (version !== undefined && !(typeof version === "string" && VERSIONS.includes(version))) {
    throw malformedPolicy("The policy must contain a valid version string");
  }
  if (version !== "2012-10-17" && kind === "identity") throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  const statements = Array.isArray(statement) ? statement : statement === undefined ? [] : [statement];
  if (statements.length === 0) throw malformedPolicy("Syntax errors in policy.");
  for (const entry of statements) checkStatement(entry, kind);
  return text;
}

function checkStatement(statement: Json, kind: DocumentKind): void {
  if (!isObject(statement)) throw malformedPolicy("Syntax errors in policy.");
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") throw malformedPolicy("Syntax errors in policy.");
  if (!hasOne(statement, "Action")) throw malformedPolicy("Policy statement must contain actions.");
  if (kind === "trust") {
    if (hasOne(statement, "Resource")) throw malformedPolicy("Has prohibited field Resource");
    if (!hasOne(statement, "Principal")) throw malformedPolicy("Missing required field Principal");
  } else {
    if (hasOne(statement, "Principal")) throw malformedPolicy("Policy document should not specify a principal.");
    if (!hasOne(statement, "Resource")) throw malformedPolicy("Policy statement must contain resources.");
  }
}

/** Each of these has a negated form, as NotAction. */
function hasOne(statement: JsonObject, name: string): boolean {
  const value = statement[name] ?? statement[`Not${name}`];
  return value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
}

/** Documents are answered percent-encoded, every character but the unreserved ones. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
