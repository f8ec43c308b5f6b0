/**
 * Every page's frame, and its answer: pages work without a script, load nothing from anybody else, and tell nobody where their
 * reader was, since addresses may hold a token.
 */
import { type Answer, PAGE_TYPE } from "../operation.ts";
import { type Content, type Html, html } from "./html.ts";

export interface Page {
  readonly title: string;
  /** Where it is, by its operation, so that it can name our files from there, whatever stands before our addresses. */
  readonly at: string;
  readonly main: Html;
  /** Where it can be loaded anew, from here, if not from here itself. */
  readonly ownAddress?: string | undefined;
  /** What stands at the top beside our name. */
  readonly top?: Content;
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
  /** Without a script it is loaded anew after so many seconds. */
  readonly refreshSeconds?: number;
  /** For tables and graphs, which a column of text is too narrow for. */
  readonly isWide?: boolean;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const PAGE_HEADERS = { "content-type": `${PAGE_TYPE}; charset=utf-8`, "content-security-policy": POLICY };

export function pageAnswer(status: number, page: Page, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: frame(page).text, headers: { ...headers, ...PAGE_HEADERS } };
}

/** The way from a page's address to where ours begin: from /requests/{id} it is "../". */
export function rootFrom(at: string): string {
  return "../".repeat(Math.max(0, at.split("/").length - 2));
}

function frame({ title, at, ownAddress, main, top, scripts = [], styles = [], refreshSeconds, isWide = false }: Page): Html {
  const root = rootFrom(at);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Milepost</title>
<link rel="icon" href="${root}assets/milepost.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}assets/milepost.css">
${styles.map((name) => html`<link rel="stylesheet" href="${root}assets/${name}">\n`)}${scripts.map(
  (name) => html`<script src="${root}assets/${name}" type="module"></script>\n`,
)}${refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>\n`}</head>
<body${isWide && html` class="wide"`}${ownAddress !== undefined && html` data-address="${ownAddress}"`}>
<a class="skip" href="#main">To the content</a>
<header class="top"><span class="brand"><svg class="post" viewBox="0 0 24 24" aria-hidden="true"><path d="M7 22V8a5 5 0 0 1 10 0v14z"/><path class="mark" d="M9.5 11h5M9.5 14.5h5"/></svg>Milepost</span>${top}</header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`;
}
