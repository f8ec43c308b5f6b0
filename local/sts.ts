import { randomBytes } from "node:crypto";
import { endpointSecret, uniqueId } from "./credentials.ts";
import { AwsError } from "./errors.ts";
import { validationError } from "./iam/errors.ts";
import { optionalInteger, requiredText } from "./iam/input.ts";
import { isoSeconds } from "./iso-seconds.ts";
import type { JsonObject } from "./json.ts";
import { memberQuery } from "./protocol/member-query.ts";
import { ACCOUNT, type Operation, type Service } from "./service.ts";

const SESSION_S = 3600;
const TOKEN_SESSION_S = 43_200;

/** Temporary credentials that are good for this endpoint: any access key is, and the secret is the endpoint's. */
export function createSts(clock: () => number = Date.now): Service {
  return {
    name: "sts",
    target: undefined,
    json: "1.1",
    query: memberQuery("2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/"),
    unknownCode: "InvalidAction",
    operations: new Map<string, Operation>([
      ["GetCallerIdentity", () => ({ UserId: ACCOUNT, Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` })],
      ["GetSessionToken", ({ input }) => getSessionToken(clock(), input)],
      ["AssumeRole", ({ input }) => assumeRole(clock(), input)],
    ]),
  };
}

function getSessionToken(now: number, input: JsonObject): JsonObject {
  const seconds = optionalInteger(input, "DurationSeconds", 900, 129_600) ?? TOKEN_SESSION_S;
  return { Credentials: credentials(now + seconds * 1000) };
}

/** Roles are not enforced here, so any role's ARN that is well-formed can be assumed. */
function assumeRole(now: number, input: JsonObject): JsonObject {
  const arn = requiredText(input, "RoleArn");
  const session = requiredText(input, "RoleSessionName");
  const seconds = optionalInteger(input, "DurationSeconds", 900, 43_200) ?? SESSION_S;
  if (arn.length < 20) throw validationError("roleArn", arn, "Member must have length greater than or equal to 20");
  if (session.length < 2) throw validationError("roleSessionName", session, "Member must have length greater than or equal to 2");
  if (session.length > 64) throw validationError("roleSessionName", session, "Member must have length less than or equal to 64");
  if (!/^[\w+=,.@-]*$/.test(session)) {
    throw validationError("roleSessionName", session, "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  const [, account, name] = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (account === undefined || name === undefined) throw new AwsError("ValidationError", `${arn} is invalid`);
  return {
    Credentials: credentials(now + seconds * 1000),
    AssumedRoleUser: { AssumedRoleId: `${uniqueId("AROA")}:${session}`, Arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}` },
  };
}

function credentials(expires: number): JsonObject {
  return {
    AccessKeyId: uniqueId("ASIA", 20),
    SecretAccessKey: endpointSecret(),
    SessionToken: randomBytes(192).toString("base64"),
    Expiration: isoSeconds(expires),
  };
}
