import { uniqueId } from "../credentials.ts";
import { AwsError } from "../errors.ts";
import { isoSeconds } from "../iso-seconds.ts";
import type { JsonObject } from "../json.ts";
import { ACCOUNT, type Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { checkDocument, encodeDocument } from "./documents.ts";
import { alreadyExists, deleteConflict, noSuchEntity } from "./errors.ts";
import {
  mergeTags,
  optionalText,
  parseTags,
  readPath,
  readTagKeys,
  readTags,
  requiredName,
  requiredText,
  tagsMember,
  withoutTags,
} from "./input.ts";
import { pageAnswer, readPage } from "./pages.ts";
import { policyArn } from "./role-policies.ts";

const VERSIONS_MAX = 5;

interface PolicyRow {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly description: string;
  readonly default_version: number;
  readonly last_version: number;
  readonly created: number;
  readonly updated: number;
  readonly tags: string;
}

interface VersionRow {
  readonly version: number;
  readonly document: string;
  readonly created: number;
}

/** Managed policies, which have versions and are attached to roles. */
export function policyOperations(store: Store, clock: () => number): [string, Operation][] {
  return [
    ["CreatePolicy", ({ input }) => createPolicy(store, clock(), input)],
    ["GetPolicy", ({ input }) => getPolicy(store, input)],
    ["ListPolicies", ({ input }) => listPolicies(store, input)],
    ["DeletePolicy", ({ input }) => deletePolicy(store, input)],
    ["ListEntitiesForPolicy", ({ input }) => listEntities(store, input)],
    ["TagPolicy", ({ input }) => changeTags(store, input, (stored) => mergeTags(stored, readTags(input)))],
    ["UntagPolicy", ({ input }) => changeTags(store, input, (stored) => withoutTags(stored, readTagKeys(input)))],
    ["ListPolicyTags", ({ input }) => listPolicyTags(store, input)],
    ["CreatePolicyVersion", ({ input }) => createVersion(store, clock(), input)],
    ["GetPolicyVersion", ({ input }) => getVersion(store, input)],
    ["ListPolicyVersions", ({ input }) => listVersions(store, input)],
    ["DeletePolicyVersion", ({ input }) => deleteVersion(store, input)],
    ["SetDefaultPolicyVersion", ({ input }) => setDefaultVersion(store, clock(), input)],
  ];
}

function findPolicy(store: Store, arn: string): PolicyRow {
  const row = store.sql("SELECT * FROM iam_policies WHERE arn = ?").get(arn) as PolicyRow | undefined;
  if (row === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return row;
}

function describe(store: Store, policy: PolicyRow): JsonObject {
  const row = store.sql("SELECT count(*) AS attached FROM iam_attachments WHERE policy = ?").get(policy.arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: `v${policy.default_version}`,
    AttachmentCount: Number(row?.attached ?? 0),
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: isoSeconds(policy.created),
    UpdateDate: isoSeconds(policy.updated),
  };
}

async function createPolicy(store: Store, now: number, input: JsonObject): Promise<JsonObject> {
  const name = requiredName(input, "PolicyName", 128);
  const path = readPath(input);
  const document = checkDocument(requiredText(input, "PolicyDocument"), "identity");
  const policy: PolicyRow = {
    name,
    arn: `arn:aws:iam::${ACCOUNT}:policy${path}${name}`,
    id: uniqueId("ANPA"),
    path,
    description: optionalText(input, "Description") ?? "",
    default_version: 1,
    last_version: 1,
    created: now,
    updated: now,
    tags: mergeTags("[]", readTags(input)),
  };
  return store.write(() => {
    if (store.sql("SELECT 1 FROM iam_policies WHERE name = ?").get(name) !== undefined) {
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    }
    store
      .sql(
        "INSERT INTO iam_policies (name, arn, id, path, description, default_version, last_version, created, updated, tags) VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?, ?)",
      )
      .run(policy.name, policy.arn, policy.id, policy.path, policy.description, now, now, policy.tags);
    addVersion(store, policy.arn, 1, document, now);
    return { Policy: { ...describe(store, policy), ...tagsMember(policy.tags) } };
  });
}

function addVersion(store: Store, arn: string, version: number, document: string, now: number): void {
  store.sql("INSERT INTO iam_policy_versions (policy, version, document, created) VALUES (?, ?, ?, ?)").run(arn, version, document, now);
}

function getPolicy(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  return store.read(() => {
    const policy = findPolicy(store, arn);
    const description: JsonObject = policy.description === "" ? {} : { Description: policy.description };
    return { Policy: { ...describe(store, policy), ...description, ...tagsMember(policy.tags) } };
  });
}

/** AWS's own policies are not listed: a listing of scope AWS is empty here. */
function listPolicies(store: Store, input: JsonObject): Promise<JsonObject> {
  const page = readPage(input);
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const onlyAttached = optionalText(input, "OnlyAttached") === "true" ? 1 : 0;
  const scope = optionalText(input, "Scope") ?? "All";
  return store.read(() => {
    const sql =
      "SELECT * FROM iam_policies WHERE name > ? AND substr(path, 1, ?) = ? AND (? = 0 OR arn IN (SELECT policy FROM iam_attachments)) ORDER BY name LIMIT ?";
    const rows = store.sql(sql).all(page.after, prefix.length, prefix, onlyAttached, page.limit) as unknown[] as PolicyRow[];
    return pageAnswer(
      "Policies",
      scope === "AWS" ? [] : rows,
      page,
      (policy) => describe(store, policy),
      (policy) => policy.name,
    );
  });
}

async function deletePolicy(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  await store.write(() => {
    findPolicy(store, arn);
    if (store.sql("SELECT 1 FROM iam_attachments WHERE policy = ?").get(arn) !== undefined) {
      throw deleteConflict("Cannot delete a policy attached to entities.");
    }
    if (versionCount(store, arn) > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    store.sql("DELETE FROM iam_policy_versions WHERE policy = ?").run(arn);
    store.sql("DELETE FROM iam_policies WHERE arn = ?").run(arn);
  });
  return {};
}

function versionCount(store: Store, arn: string): number {
  return Number(store.sql("SELECT count(*) AS versions FROM iam_policy_versions WHERE policy = ?").get(arn)?.versions ?? 0);
}

function listEntities(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const page = readPage(input);
  return store.read(() => {
    if (!arn.includes("::aws:")) findPolicy(store, arn);
    const sql = "SELECT name, id FROM iam_attachments JOIN iam_roles ON name = role WHERE policy = ? AND role > ? ORDER BY role LIMIT ?";
    const rows = store.sql(sql).all(arn, page.after, page.limit);
    const format = (row: (typeof rows)[number]): JsonObject => ({ RoleName: String(row.name), RoleId: String(row.id) });
    return { ...pageAnswer("PolicyRoles", rows, page, format, (row) => String(row.name)), PolicyUsers: [], PolicyGroups: [] };
  });
}

async function changeTags(store: Store, input: JsonObject, change: (stored: string) => string): Promise<JsonObject> {
  const arn = policyArn(input);
  await store.write(() => {
    store.sql("UPDATE iam_policies SET tags = ? WHERE arn = ?").run(change(findPolicy(store, arn).tags), arn);
  });
  return {};
}

async function listPolicyTags(store: Store, input: JsonObject): Promise<JsonObject> {
  const policy = await store.read(() => findPolicy(store, policyArn(input)));
  return { Tags: parseTags(policy.tags).map(({ Key, Value }): JsonObject => ({ Key, Value })), IsTruncated: false };
}

function describeVersion(policy: PolicyRow, row: VersionRow): JsonObject {
  return { VersionId: `v${row.version}`, IsDefaultVersion: row.version === policy.default_version, CreateDate: isoSeconds(row.created) };
}

function createVersion(store: Store, now: number, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const document = checkDocument(requiredText(input, "PolicyDocument"), "identity");
  const asDefault = optionalText(input, "SetAsDefault") === "true";
  return store.write(() => {
    const policy = findPolicy(store, arn);
    if (versionCount(store, arn) >= VERSIONS_MAX) {
      const message = `A managed policy can have up to ${VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version.`;
      throw new AwsError("LimitExceeded", message, { status: 409 });
    }
    const version = policy.last_version + 1;
    addVersion(store, arn, version, document, now);
    const current = asDefault ? version : policy.default_version;
    const sql = "UPDATE iam_policies SET last_version = ?, default_version = ?, updated = ? WHERE arn = ?";
    store.sql(sql).run(version, current, now, arn);
    return { PolicyVersion: describeVersion({ ...policy, default_version: current }, { version, document, created: now }) };
  });
}

function findVersion(store: Store, arn: string, id: string): VersionRow {
  const [, number] = /^v([1-9]\d{0,8})$/.exec(id) ?? [];
  const sql = "SELECT version, document, created FROM iam_policy_versions WHERE policy = ? AND version = ?";
  const row = store.sql(sql).get(arn, Number(number ?? 0)) as VersionRow | undefined;
  if (row === undefined) throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
  return row;
}

function getVersion(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const id = requiredText(input, "VersionId");
  return store.read(() => {
    const policy = findPolicy(store, arn);
    const row = findVersion(store, arn, id);
    return { PolicyVersion: { Document: encodeDocument(row.document), ...describeVersion(policy, row) } };
  });
}

function listVersions(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  return store.read(() => {
    const policy = findPolicy(store, arn);
    const sql = "SELECT version, document, created FROM iam_policy_versions WHERE policy = ? ORDER BY version DESC";
    const rows = store.sql(sql).all(arn) as unknown[] as VersionRow[];
    return { Versions: rows.map((row) => describeVersion(policy, row)), IsTruncated: false };
  });
}

async function deleteVersion(store: Store, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const id = requiredText(input, "VersionId");
  await store.write(() => {
    const policy = findPolicy(store, arn);
    const { version } = findVersion(store, arn, id);
    if (version === policy.default_version) throw deleteConflict("Cannot delete the default version of a policy.");
    store.sql("DELETE FROM iam_policy_versions WHERE policy = ? AND version = ?").run(arn, version);
  });
  return {};
}

async function setDefaultVersion(store: Store, now: number, input: JsonObject): Promise<JsonObject> {
  const arn = policyArn(input);
  const id = requiredText(input, "VersionId");
  await store.write(() => {
    findPolicy(store, arn);
    const { version } = findVersion(store, arn, id);
    store.sql("UPDATE iam_policies SET default_version = ?, updated = ? WHERE arn = ?").run(version, now, arn);
  });
  return {};
}
