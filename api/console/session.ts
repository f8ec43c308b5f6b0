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
import { fingerprint, isAnyOf, type Keys, keysFor } from "../../domain/sealing.ts";
import { sign, verify } from "../../domain/tokens.ts";
import type { Envelope } from "../operation.ts";
import { Problem } from "../problem.ts";

/** Where the administrator's token is shown in a form, and no header. */
export const SIGN_IN_AT = "/console/sign-in";
export const SESSION_COOKIE = "milepost_session";
const SESSION_MS = 8 * 3_600_000;
const NONCE_BYTES = 16;
const COOKIES_MAX = 4;

export interface Session {
  /** What every form of a page bears that was made for it. */
  readonly formToken: string;
  /** What its forms may bear: while the secret is two, another process may have made the page. */
  readonly formTokens: readonly string[];
}

export interface SessionOptions {
  readonly appSecrets: Keys;
  /** The first is the current one; sessions of each are good. */
  readonly adminTokens: readonly [string, ...string[]];
  /** Whether the console is reached by HTTPS, so that the cookie never goes over anything else. */
  readonly isSecure: boolean;
  readonly clock: () => number;
}

export class Sessions {
  readonly #keys: Keys;
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#keys = keysFor(options.appSecrets, "console sessions");
    this.#options = options;
  }

  isAdmin(token: string): boolean {
    return isAnyOf(token, this.#options.adminTokens);
  }

  /** The header that begins a session. */
  begin(): string {
    const nonce = randomBytes(NONCE_BYTES).toString("base64url");
    const { adminTokens, clock } = this.#options;
    return this.#cookie(sign(this.#keys, purposeOf(adminTokens[0]), nonce, clock() + SESSION_MS), SESSION_MS / 1_000);
  }

  /** The header that ends it. */
  end(): string {
    return this.#cookie("", 0);
  }

  read({ cookies }: Pick<Envelope, "cookies">): Session | undefined {
    const { adminTokens, clock } = this.#options;
    const nonces = cookiesIn(cookies ?? "").flatMap((text) =>
      adminTokens.map((token) => verify(this.#keys, purposeOf(token), text, clock())),
    );
    const nonce = nonces.find((one) => one !== undefined);
    if (nonce === undefined) return undefined;
    const [formToken, ...others] = this.#keys.map((key) => fingerprint(key, `form ${nonce}`));
    return formToken === undefined ? undefined : { formToken, formTokens: [formToken, ...others] };
  }

  /** Fails where a form was not sent by a page of ours that was made for this session. */
  assertOwn({ formTokens }: Session, given: string, { fetchSite }: Pick<Envelope, "fetchSite">): void {
    const isOurs = fetchSite === undefined || fetchSite === "same-origin";
    if (!isOurs || !isAnyOf(given, formTokens))
      throw new Problem(403, "This form was not sent from the console: open the page anew and try again.");
  }

  #cookie(value: string, seconds: number): string {
    const secure = this.#options.isSecure ? "; Secure" : "";
    return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }
}

/** Bound to the token, which is a part of what is signed and never shown: a session ends with the token it was begun with. */
function purposeOf(adminToken: string): string {
  return `session ${adminToken}`;
}

/** There may be several: other servers of the same host can set one of this name. */
function cookiesIn(header: string): string[] {
  const pairs = header.split(";").map((pair) => pair.trim().split("="));
  return pairs.flatMap(([name, value]) => (name === SESSION_COOKIE && value !== undefined ? [value] : [])).slice(0, COOKIES_MAX);
}
