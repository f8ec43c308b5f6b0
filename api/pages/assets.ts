/** The files that our own pages load: `assets/` beside this. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Asset, assetOperation } from "../assets.ts";
import type { Operation } from "../operation.ts";

const TYPES: Readonly<Record<string, Asset["type"]>> = {
  "milepost.css": "text/css",
  "graph.css": "text/css",
  "milepost.svg": "image/svg+xml",
  "console.css": "text/css",
  "anew.js": "text/javascript",
  "console.js": "text/javascript",
  "follow.js": "text/javascript",
  "loading.js": "text/javascript",
  "times.js": "text/javascript",
};
/** Short, so that a page and its files are of one version soon after an update. */
const CACHED_SECONDS = 300;

export function pageAssets(): Operation[] {
  return Object.entries(TYPES).map(([name, type]) => {
    let content: Promise<string> | undefined;
    return assetOperation({
      at: `/assets/${name}`,
      of: "Milepost",
      type,
      cachedSeconds: CACHED_SECONDS,
      read: () => {
        content ??= readFile(join(import.meta.dirname, "assets", name), "utf8");
        return content;
      },
    });
  });
}
