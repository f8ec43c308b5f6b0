/** What pages load beside themselves: styles and scripts, served by us, so that no page asks anybody else for anything. */
import { z } from "zod";
import { type Operation, operation } from "./operation.ts";

export interface Asset {
  readonly at: string;
  /** What it is a part of, by its name in the description. */
  readonly of: string;
  readonly type: "text/javascript" | "text/css" | "image/svg+xml";
  readonly cachedSeconds: number;
  read(): Promise<string>;
}

export function assetOperation({ at, of, type, cachedSeconds, read }: Asset): Operation {
  const file = at.slice(at.lastIndexOf("/") + 1);
  const words = file.split(/[^a-z]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const headers = { "content-type": `${type}; charset=utf-8`, "cache-control": `public, max-age=${cachedSeconds}` };
  return operation({
    name: `get${of.replaceAll(" ", "")}File${words.join("")}`,
    method: "GET",
    at,
    summary: `A part of the page by ${of}.`,
    access: "public",
    answers: { 200: { description: "The file.", schema: z.string(), example: "…", texts: [type] } },
    handle: async () => ({ status: 200, body: await read(), headers }),
  });
}
