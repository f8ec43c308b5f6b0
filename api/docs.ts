/**
 * The API's description, and two pages that show it: Swagger UI at /docs, where calls can be tried, and Redoc at /redoc, to
 * read. All that they load comes from here, out of node_modules, so they work without a network and nobody learns who reads.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { z } from "zod";
import { type Asset, assetOperation } from "./assets.ts";
import { type ApiFacts, describeApi } from "./openapi.ts";
import type { JsonObject } from "./openapi-schemas.ts";
import { type Operation, operation } from "./operation.ts";

const { resolve } = createRequire(import.meta.url);

/** Both make styles as they go, and Redoc searches in a worker that it makes; no script stands in a page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

interface Viewer {
  readonly at: string;
  readonly called: string;
  readonly styles: readonly Part[];
  readonly scripts: readonly Part[];
}

interface Part {
  readonly name: string;
  readonly type: Asset["type"];
  /** A file of a package, or what is served itself. */
  readonly from: { readonly file: string } | { readonly text: string };
  /** What stands in the file and is not to be asked for by whoever reads. */
  readonly without?: string;
}

/** Where an image is asked for, this is none, from nowhere: a viewer that cannot show its image leaves it out. */
const NO_IMAGE = "data:,";

const VIEWERS: readonly Viewer[] = [
  {
    at: "/docs",
    called: "Swagger UI",
    styles: [{ name: "swagger-ui.css", type: "text/css", from: { file: "swagger-ui-dist/swagger-ui.css" } }],
    scripts: [
      { name: "swagger-ui-bundle.js", type: "text/javascript", from: { file: "swagger-ui-dist/swagger-ui-bundle.js" } },
      {
        name: "start.js",
        type: "text/javascript",
        from: { text: 'SwaggerUIBundle({ url: "openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null });\n' },
      },
    ],
  },
  {
    at: "/redoc",
    called: "Redoc",
    styles: [],
    scripts: [
      {
        name: "redoc.standalone.js",
        type: "text/javascript",
        from: { file: "redoc/bundles/redoc.standalone.js" },
        // Its maker's logo, which no option of it turns off and which our policy forbids it.
        without: "https://cdn.redoc.ly/redoc/logo-mini.svg",
      },
      {
        name: "start.js",
        type: "text/javascript",
        from: { text: 'Redoc.init("openapi.json", { nativeScrollbars: true }, document.getElementById("page"));\n' },
      },
    ],
  },
];

/** @param others all that the service does beside */
export function docsOperations(others: readonly Operation[], facts: ApiFacts): Operation[] {
  let made: JsonObject | undefined;
  const describe = () => {
    made ??= describeApi(all, facts);
    return made;
  };
  const own = [documentOperation(describe), ...VIEWERS.flatMap(viewerOperations)];
  const all = [...others, ...own];
  return own;
}

function documentOperation(describe: () => JsonObject): Operation {
  return operation({
    name: "getDocument",
    method: "GET",
    at: "/openapi.json",
    summary: "Describes all of this in OpenAPI 3.1.",
    access: "public",
    answers: {
      200: { description: "The description.", schema: z.looseObject({ openapi: z.literal("3.1.0") }), example: { openapi: "3.1.0" } },
    },
    handle: async () => ({ status: 200, body: describe() }),
  });
}

function viewerOperations(viewer: Viewer): Operation[] {
  const { at, called, styles, scripts } = viewer;
  const page = pageOf(viewer);
  const show = operation({
    name: `show${called.replace(" ", "")}`,
    method: "GET",
    at,
    summary: `Shows the description as a page, by ${called}.`,
    access: "public",
    answers: { 200: { description: "The page.", schema: z.string(), example: "<!doctype html>…", texts: ["text/html"] } },
    handle: async () => {
      return { status: 200, body: page, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY } };
    },
  });
  return [show, ...[...styles, ...scripts].map((part) => partOperation(viewer, part))];
}

function partOperation({ at, called }: Viewer, { name, type, from, without }: Part): Operation {
  return assetOperation({
    at: `${at}/${name}`,
    of: called,
    type,
    // Read when it is asked for: few ever ask, and each is large.
    read: async () => {
      if ("text" in from) return from.text;
      const content = await readFile(resolve(from.file), "utf8");
      return without === undefined ? content : content.replaceAll(without, NO_IMAGE);
    },
    cachedSeconds: 3_600,
  });
}

function pageOf({ at, styles, scripts }: Viewer): string {
  const folder = at.slice(1);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>Milepost: the API</title>",
    '<link rel="icon" href="data:,">',
    ...styles.map(({ name }) => `<link rel="stylesheet" href="${folder}/${name}">`),
    "</head>",
    '<body style="margin: 0">',
    '<div id="page"></div>',
    '<noscript>This page needs JavaScript. The description itself is <a href="openapi.json">openapi.json</a>.</noscript>',
    ...scripts.map(({ name }) => `<script src="${folder}/${name}"></script>`),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
