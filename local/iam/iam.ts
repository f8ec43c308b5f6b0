import { isoSeconds } from "../iso-seconds.ts";
import type { JsonObject } from "../json.ts";
import { memberQuery } from "../protocol/member-query.ts";
import { ACCOUNT, type Service } from "../service.ts";
import type { Store } from "../store.ts";
import { noSuchEntity } from "./errors.ts";
import { optionalText } from "./input.ts";
import { policyOperations } from "./policies.ts";
import { rolePolicyOperations } from "./role-policies.ts";
import { roleOperations } from "./roles.ts";

export { IAM_SCHEMA } from "./schema.ts";

/** Roles and policies as the account's owner manages them. They are kept, checked for their form and answered, not enforced. */
export function createIam(store: Store, clock: () => number = Date.now): Service {
  return {
    name: "iam",
    target: undefined,
    json: "1.1",
    query: memberQuery("2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/"),
    unknownCode: "InvalidAction",
    operations: new Map([
      ...roleOperations(store, clock),
      ...rolePolicyOperations(store),
      ...policyOperations(store, clock),
      ["GetUser", ({ input }) => getUser(input)],
    ]),
  };
}

/** Every caller is the account's root user; there are no other users. */
function getUser(input: JsonObject): JsonObject {
  const name = optionalText(input, "UserName");
  if (name !== undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return { User: { UserId: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root`, CreateDate: isoSeconds(0) } };
}
