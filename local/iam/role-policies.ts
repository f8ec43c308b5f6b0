import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { checkDocument, encodeDocument } from "./documents.ts";
import { noSuchEntity } from "./errors.ts";
import { optionalText, requiredName, requiredText, roleName } from "./input.ts";
import { pageAnswer, readPage } from "./pages.ts";
import { findRole } from "./roles.ts";

/** A role's policies: those written into it, and managed ones attached to it. */
export function rolePolicyOperations(store: Store): [string, Operation][] {
  return [
    ["PutRolePolicy", ({ input }) => putRolePolicy(store, input)],
    ["GetRolePolicy", ({ input }) => getRolePolicy(store, input)],
    ["ListRolePolicies", ({ input }) => listRolePolicies(store, input)],
    ["DeleteRolePolicy", ({ input }) => deleteRolePolicy(store, input)],
    ["AttachRolePolicy", ({ input }) => attach(store, input)],
    ["DetachRolePolicy", ({ input }) => detach(store, input)],
    ["ListAttachedRolePolicies", ({ input }) => listAttached(store, input)],
  ];
}

function policyName(input: JsonObject): string {
  return requiredName(input, "PolicyName", 128);
}

async function putRolePolicy(store: Store, input: JsonObject): Promise<JsonObject> {
  const role = roleName(input);
  const name = policyName(input);
  const document = checkDocument(requiredText(input, "PolicyDocument"), "identity");
  await store.write(() => {
    findRole(store, role);
    store.sql("INSERT OR REPLACE INTO iam_role_policies (role, name, document) VALUES (?, ?, ?)").run(role, name, document);
  });
  return {};
}

async function getRolePolicy(store: Store, input: JsonObject): Promise<JsonObject> {
  const name = policyName(input);
  return store.read(() => {
    const role = findRole(store, roleName(input));
    const row = store.sql("SELECT document FROM iam_role_policies WHERE role = ? AND name = ?").get(role.name, name);
    if (row === undefined) throw noSuchRolePolicy(name);
    return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeDocument(String(row.document)) };
  });
}

async function listRolePolicies(store: Store, input: JsonObject): Promise<JsonObject> {
  const page = readPage(input);
  const rows = await store.read(() => {
    const role = findRole(store, roleName(input));
    const sql = "SELECT name FROM iam_role_policies WHERE role = ? AND name > ? ORDER BY name LIMIT ?";
    return store.sql(sql).all(role.name, page.after, page.limit);
  });
  const nameOf = (row: (typeof rows)[number]) => String(row.name);
  return pageAnswer("PolicyNames", rows, page, nameOf, nameOf);
}

async function deleteRolePolicy(store: Store, input: JsonObject): Promise<JsonObject> {
  const role = roleName(input);
  const name = policyName(input);
  await store.write(() => {
    findRole(store, role);
    const { changes } = store.sql("DELETE FROM iam_role_policies WHERE role = ? AND name = ?").run(role, name);
    if (changes === 0) throw noSuchRolePolicy(name);
  });
  return {};
}

function noSuchRolePolicy(name: string): Error {
  return noSuchEntity(`The role policy with name ${name} cannot be found.`);
}

/** Policies of AWS's own account, as `arn:aws:iam::aws:policy/…`: there are a thousand, and any of them may be attached. */
const AWS_POLICY = /^arn:aws:iam::aws:policy\/[\w+=,.@/-]+$/;

export function policyArn(input: JsonObject): string {
  const arn = requiredText(input, "PolicyArn");
  if (!/^arn:[^:]+:iam::(?:\d{12}|aws):policy\/.+$/.test(arn)) throw new AwsError("ValidationError", "Invalid ARN:  Could not be parsed!");
  return arn;
}

async function attach(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const name = roleName(input);
  await store.write(() => {
    const role = findRole(store, name);
    const known = AWS_POLICY.test(arn) || store.sql("SELECT 1 FROM iam_policies WHERE arn = ?").get(arn) !== undefined;
    if (!known) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    store.sql("INSERT OR IGNORE INTO iam_attachments (role, policy) VALUES (?, ?)").run(role.name, arn);
  });
  return {};
}

async function detach(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const name = roleName(input);
  await store.write(() => {
    findRole(store, name);
    const { changes } = store.sql("DELETE FROM iam_attachments WHERE role = ? AND policy = ?").run(name, arn);
    if (changes === 0) throw noSuchEntity(`Policy ${arn} was not found.`);
  });
  return {};
}

async function listAttached(store: Store, input: JsonObject): Promise<JsonObject> {
  const page = readPage(input);
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const rows = await store.read(() => {
    const role = findRole(store, roleName(input));
    const sql = "SELECT policy FROM iam_attachments WHERE role = ? AND policy > ? AND instr(policy, ?) > 0 ORDER BY policy LIMIT ?";
    return store.sql(sql).all(role.name, page.after, `:policy${prefix}`, page.limit);
  });
  const format = (row: (typeof rows)[number]): JsonObject => {
    const arn = String(row.policy);
    return { PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn };
  };
  return pageAnswer("AttachedPolicies", rows, page, format, (row) => String(row.policy));
}
