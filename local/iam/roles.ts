import { uniqueId } from "../credentials.ts";
import { isoSeconds } from "../iso-seconds.ts";
import type { JsonObject } from "../json.ts";
import { ACCOUNT, type Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { checkDocument, encodeDocument } from "./documents.ts";
import { alreadyExists, deleteConflict, noSuchEntity } from "./errors.ts";
import {
  mergeTags,
  optionalInteger,
  optionalText,
  parseTags,
  readPath,
  readTagKeys,
  readTags,
  requiredText,
  roleName,
  tagsMember,
  withoutTags,
} from "./input.ts";
import { pageAnswer, readPage } from "./pages.ts";

const SESSION_MIN_S = 3600;
const SESSION_MAX_S = 43_200;

interface RoleRow {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly trust: string;
  readonly description: string;
  readonly max_session: number;
  readonly boundary: string | null;
  readonly created: number;
  readonly tags: string;
}

export function findRole(store: Store, name: string): RoleRow {
  const row = store.sql("SELECT * FROM iam_roles WHERE name = ?").get(name) as RoleRow | undefined;
  if (row === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return row;
}

function describe(role: RoleRow): JsonObject {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: `arn:aws:iam::${ACCOUNT}:role${role.path}${role.name}`,
    CreateDate: isoSeconds(role.created),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    ...(role.description === "" ? {} : { Description: role.description }),
  };
}

function describeWhole(role: RoleRow): JsonObject {
  const boundary = { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: role.boundary };
  return {
    ...describe(role),
    MaxSessionDuration: role.max_session,
    ...(role.boundary === null ? {} : { PermissionsBoundary: boundary }),
    ...tagsMember(role.tags),
    RoleLastUsed: {},
  };
}

export function roleOperations(store: Store, clock: () => number): [string, Operation][] {
  return [
    ["CreateRole", ({ input }) => createRole(store, clock(), input)],
    ["GetRole", async ({ input }) => ({ Role: describeWhole(await store.read(() => findRole(store, roleName(input)))) })],
    ["ListRoles", ({ input }) => listRoles(store, input)],
    ["UpdateRole", ({ input }) => updateRole(store, input)],
    ["UpdateRoleDescription", ({ input }) => updateDescription(store, input)],
    ["UpdateAssumeRolePolicy", ({ input }) => updateTrust(store, input)],
    ["DeleteRole", ({ input }) => deleteRole(store, input)],
    ["PutRolePermissionsBoundary", ({ input }) => setBoundary(store, input, requiredText(input, "PermissionsBoundary"))],
    ["DeleteRolePermissionsBoundary", ({ input }) => setBoundary(store, input, null)],
    ["TagRole", ({ input }) => changeTags(store, input, (stored) => mergeTags(stored, readTags(input)))],
    ["UntagRole", ({ input }) => changeTags(store, input, (stored) => withoutTags(stored, readTagKeys(input)))],
    ["ListRoleTags", ({ input }) => listRoleTags(store, input)],
    // There are no instances here, so no role is in an instance profile.
    ["ListInstanceProfilesForRole", ({ input }) => listInstanceProfiles(store, input)],
  ];
}

async function createRole(store: Store, now: number, input: JsonObject): Promise<JsonObject> {
  const role: RoleRow = {
    name: roleName(input),
    id: uniqueId("AROA"),
    path: readPath(input),
    trust: checkDocument(requiredText(input, "AssumeRolePolicyDocument"), "trust"),
    description: optionalText(input, "Description") ?? "",
    max_session: optionalInteger(input, "MaxSessionDuration", SESSION_MIN_S, SESSION_MAX_S) ?? SESSION_MIN_S,
    boundary: optionalText(input, "PermissionsBoundary") ?? null,
    created: now,
    tags: mergeTags("[]", readTags(input)),
  };
  await store.write(() => {
    if (store.sql("SELECT 1 FROM iam_roles WHERE name = ?").get(role.name) !== undefined) {
      throw alreadyExists(`Role with name ${role.name} already exists.`);
    }
    store
      .sql(
        "INSERT INTO iam_roles (name, id, path, trust, description, max_session, boundary, created, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(role.name, role.id, role.path, role.trust, role.description, role.max_session, role.boundary, role.created, role.tags);
  });
  return { Role: { ...describe(role), ...tagsMember(role.tags) } };
}

async function listRoles(store: Store, input: JsonObject): Promise<JsonObject> {
  const page = readPage(input);
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const rows = await store.read(() => {
    const sql = "SELECT * FROM iam_roles WHERE name > ? AND substr(path, 1, ?) = ? ORDER BY name LIMIT ?";
    return store.sql(sql).all(page.after, prefix.length, prefix, page.limit) as unknown[] as RoleRow[];
  });
  const format = (role: RoleRow): JsonObject => ({ ...describe(role), MaxSessionDuration: role.max_session });
  return pageAnswer("Roles", rows, page, format, (role) => role.name);
}

async function updateRole(store: Store, input: JsonObject): Promise<JsonObject> {
  const name = roleName(input);
  const description = optionalText(input, "Description");
  const maxSession = optionalInteger(input, "MaxSessionDuration", SESSION_MIN_S, SESSION_MAX_S);
  await store.write(() => {
    const role = findRole(store, name);
    const sql = "UPDATE iam_roles SET description = ?, max_session = ? WHERE name = ?";
    store.sql(sql).run(description ?? role.description, maxSession ?? role.max_session, name);
  });
  return {};
}

async function updateDescription(store: Store, input: JsonObject): Promise<JsonObject> {
  const name = roleName(input);
  const description = requiredText(input, "Description");
  const role = await store.write(() => {
    store.sql("UPDATE iam_roles SET description = ? WHERE name = ?").run(description, name);
    return findRole(store, name);
  });
  return { Role: describeWhole(role) };
}

async function updateTrust(store: Store, input: JsonObject): Promise<JsonObject> {
  const name = roleName(input);
  const trust = checkDocument(requiredText(input, "PolicyDocument"), "trust");
  await store.write(() => {
    findRole(store, name);
    store.sql("UPDATE iam_roles SET trust = ? WHERE name = ?").run(trust, name);
  });
  return {};
}

async function deleteRole(store: Store, input: JsonObject): Promise<JsonObject> {
  const name = roleName(input);
  await store.write(() => {
    findRole(store, name);
    if (store.sql("SELECT 1 FROM iam_attachments WHERE role = ?").get(name) !== undefined) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (store.sql("SELECT 1 FROM iam_role_policies WHERE role = ?").get(name) !== undefined) {
      throw deleteConflict("Cannot delete entity, must delete policies first.");
    }
    store.sql("DELETE FROM iam_roles WHERE name = ?").run(name);
  });
  return {};
}

async function setBoundary(store: Store, input: JsonObject, boundary: string | null): Promise<JsonObject> {
  const name = roleName(input);
  await store.write(() => {
    findRole(store, name);
    store.sql("UPDATE iam_roles SET boundary = ? WHERE name = ?").run(boundary, name);
  });
  return {};
}

async function changeTags(store: Store, input: JsonObject, change: (stored: string) => string): Promise<JsonObject> {
  const name = roleName(input);
  await store.write(() => {
    store.sql("UPDATE iam_roles SET tags = ? WHERE name = ?").run(change(findRole(store, name).tags), name);
  });
  return {};
}

async function listRoleTags(store: Store, input: JsonObject): Promise<JsonObject> {
  const role = await store.read(() => findRole(store, roleName(input)));
  return { Tags: parseTags(role.tags).map(({ Key, Value }): JsonObject => ({ Key, Value })), IsTruncated: false };
}

async function listInstanceProfiles(store: Store, input: JsonObject): Promise<JsonObject> {
  await store.read(() => findRole(store, roleName(input)));
  return { InstanceProfiles: [], IsTruncated: false };
}
