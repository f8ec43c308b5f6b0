/**
 * Users, by the tokens they show. Milepost signs tokens itself where it is given a secret for that (on one's own machine);
 * elsewhere they come from an identity provider, whose public keys are read from where it shows them.
 *
 * - Each way takes its own algorithms and no others: with a secret HS256, with public keys those of their kinds. Never both,
 *   so no public key is ever taken for a secret, and "none" is nobody's.
 * - A token must say by whom and for whom it was made, whose it is, and until when it is good; and where a type of tokens is
 *   set, that it is of this type, so that no token of the same maker for another purpose passes for one.
 * - A token that is no good is told from keys that cannot be read just now, which is an outage.
 */
import { randomUUID } from "node:crypto";
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose";
import { isEmailAddress } from "../config/notify.ts";
import type { UserSettings } from "../config/settings.ts";
import type { Keys } from "../domain/sealing.ts";
import type { User } from "./caller.ts";
import { unavailable } from "./problem.ts";

export interface Users {
  /** The user of a token; undefined where it is not good. */
  verify(token: string): Promise<User | undefined>;
  /** Gives a user a token; undefined where an identity provider does. */
  readonly issue: ((user: User) => Promise<IssuedToken>) | undefined;
}

export interface IssuedToken {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
}

export interface UsersOptions extends UserSettings {
  /** The first signs; what any of them has signed is good. */
  readonly secrets: Keys | undefined;
}

const GOOD_FOR_SECONDS = 3_600;
/** Clocks of two machines may differ by so much. */
const TOLERANCE_SECONDS = 30;
const SECRET_ALGORITHM = "HS256";
const KEY_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const KEYS = { timeoutDuration: 3_000, cooldownDuration: 10_000, cacheMaxAge: 600_000 };
const USER_ID = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,128}$/u;

export function makeUsers(options: UsersOptions): Users {
  const { jwksUrl, secrets, issuer, audience, tokenType } = options;
  const type = tokenType === undefined ? {} : { typ: tokenType };
  const common = { issuer, audience, ...type, clockTolerance: TOLERANCE_SECONDS, requiredClaims: ["exp", "sub"] };
  if (jwksUrl !== undefined) {
    const keys = createRemoteJWKSet(new URL(jwksUrl), KEYS);
    const read: JWTVerifyGetKey = async (...asked) => {
      try {
        return await keys(...asked);
      } catch (error) {
        // A token of a key that is not there is no good; keys that are not to be had are another matter.
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        throw unavailable("The identity provider's keys cannot be read just now: try again.");
      }
    };
    return { verify: (token) => userOf(jwtVerify(token, read, { ...common, algorithms: KEY_ALGORITHMS })), issue: undefined };
  }
  if (secrets === undefined) return { verify: async () => undefined, issue: undefined };
  return {
    verify: async (token) => {
      const checks = { ...common, algorithms: [SECRET_ALGORITHM] };
      const users = await Promise.all(secrets.map((secret) => userOf(jwtVerify(token, secret, checks))));
      return users.find((user) => user !== undefined);
    },
    issue: async ({ id, email }) => {
      const token = new SignJWT(email === undefined ? {} : { email }).setProtectedHeader({ alg: SECRET_ALGORITHM, ...type });
      token
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${GOOD_FOR_SECONDS}s`)
        .setJti(randomUUID());
      return { access_token: await token.sign(secrets[0]), token_type: "Bearer", expires_in: GOOD_FOR_SECONDS };
    },
  };
}

export function isUserId(id: string): boolean {
  return USER_ID.test(id) && id.isWellFormed();
}

export function isEmail(email: string): boolean {
  return isEmailAddress(email) && email.isWellFormed();
}

async function userOf(verified: Promise<{ payload: JWTPayload }>): Promise<User | undefined> {
  try {
    // Whoever signed a token may have put anything into it, whatever its type says.
    const { sub: id, email }: Readonly<Record<string, unknown>> = (await verified).payload;
    if (typeof id !== "string" || !isUserId(id)) return undefined;
    return { id, email: typeof email === "string" && isEmail(email) ? email : undefined };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
