import { isObject, type Json } from "../../json.ts";
import { type Arguments, IntrinsicProblem } from "./intrinsic-arguments.ts";

/** States.Format: puts the arguments in the places of `{}`. A backslash before a brace or another backslash takes it as it is. */
export function formatTemplate(args: Arguments): string {
  args.count(1, Number.POSITIVE_INFINITY);
  const template = args.text(0);
  const values = args.all.slice(1);
  let used = 0;
  let text = "";
  for (let at = 0; at < template.length; at++) {
    const char = template[at] ?? "";
    if (char === "\\" && "{}\\".includes(template[at + 1] ?? " ")) {
      text += template[++at];
    } else if (char === "{") {
      if (template[++at] !== "}") throw unmatched("}", "{");
      text += asText(values[used++] ?? null);
    } else if (char === "}") {
      throw unmatched("{", "}");
    } else {
      text += char;
    }
  }
  if (used !== values.length) args.refuse(": number of arguments do not match the occurrences of {}.");
  return text;
}

function unmatched(missing: string, lone: string): IntrinsicProblem {
  return new IntrinsicProblem(`Invalid template in States.Format: matching '${missing}' not found for '${lone}'.`);
}

/** Objects and lists come out as Java prints them, since AWS does: `{a=1, b=[2, 3]}`. */
function asText(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(asText).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${asText(member)}`);
  return `{${members.join(", ")}}`;
}
