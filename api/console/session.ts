/**
 * The console's sessions. Whoever shows the administrator's token gets a cookie that stands for it for a working day.
 *
 * - The cookie is a signed text: nothing is stored, and every API process with the same secret takes it. It is bound to the
 *   administrator's token, so it ends when that is replaced. No script can read it, and browsers send it to us from our own
 *   pages alone (SameSite=Strict).
 * - What changes something must bring the session's form token as well, and must not come from another site's page. So
 *   nobody else's page can make a browser do anything here.
 */
import { randomBytes } from "node:crypto";
import { fingerprint, isSame, keyFor } from "../../domain/sealing.ts";
import { sign, verify } from "../../domain/tokens.ts";
import type { Envelope } from "../operation.ts";
import { Problem } from "../problem.ts";

export const SESSION_COOKIE = "milepost_session";
const SESSION_MS = 8 * 3_600_000;
const NONCE_BYTES = 16;

export interface Session {
  /** What every form of a page bears that was made for it. */
  readonly formToken: string;
}

export interface SessionOptions {
  readonly appSecret: Buffer;
  readonly adminToken: string;
  /** Whether the console is reached by HTTPS, so that the cookie never goes over anything else. */
  readonly isSecure: boolean;
  readonly clock: () => number;
}

export class Sessions {
  readonly #key: Uint8Array;
  readonly #purpose: string;
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#key = keyFor(options.appSecret, "console sessions");
    this.#purpose = `session ${fingerprint(this.#key, options.adminToken)}`;
    this.#options = options;
  }

  isAdmin(token: string): boolean {
    return isSame(token, this.#options.adminToken);
  }

  /** The header that begins a session. */
  begin(): string {
    const nonce = randomBytes(NONCE_BYTES).toString("base64url");
    return this.#cookie(sign(this.#key, this.#purpose, nonce, this.#options.clock() + SESSION_MS), SESSION_MS / 1_000);
  }

  /** The header that ends it. */
  end(): string {
    return this.#cookie("", 0);
  }

  read({ cookies }: Pick<Envelope, "cookies">): Session | undefined {
    const text = cookieIn(cookies ?? "");
    const nonce = text === undefined ? undefined : verify(this.#key, this.#purpose, text, this.#options.clock());
    return nonce === undefined ? undefined : { formToken: fingerprint(this.#key, `form ${nonce}`) };
  }

  /** Fails where a form was not sent by a page of ours that was made for this session. */
  assertOwn({ formToken }: Session, given: string, { fetchSite }: Pick<Envelope, "fetchSite">): void {
    const isOurs = fetchSite === undefined || fetchSite === "same-origin";
    if (!isOurs || !isSame(given, formToken))
      throw new Problem(403, "This form was not sent from the console: open the page anew and try again.");
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#options.isSecure ? "; Secure" : "";
    return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }
}

function cookieIn(header: string): string | undefined {
  for (const pair of header.split(";")) {
    const [name, value] = pair.trim().split("=");
    if (name === SESSION_COOKIE) return value;
  }
  return undefined;
}
