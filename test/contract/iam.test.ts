import assert from "node:assert/strict";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMServiceException,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, uniqueName } from "./support/endpoint.ts";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const ALLOW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: "arn:aws:sqs:*:*:ab*" }],
});

async function refusal(call: Promise<unknown>): Promise<[number | undefined, string]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof IAMServiceException) return [error.$metadata.httpStatusCode, error.name.replace(/Exception$/, "")];
    throw error;
  }
  throw new Error("The call was not refused.");
}

async function newRole(more: object = {}): Promise<string> {
  const RoleName = uniqueName("role");
  await aws().iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more }));
  return RoleName;
}

async function newPolicy(): Promise<string> {
  const { Policy } = await aws().iam.send(new CreatePolicyCommand({ PolicyName: uniqueName("policy"), PolicyDocument: ALLOW }));
  assert.ok(Policy?.Arn);
  return Policy.Arn;
}

/** Documents are answered percent-encoded. */
function decoded(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? ""));
}

describe("IAM roles", () => {
  it("a role is made, read, changed and deleted", async () => {
    // Prepare
    const Tags = [{ Key: "project", Value: "milepost" }];
    const RoleName = await newRole({ Path: "/team/", Description: "does things", MaxSessionDuration: 7200, Tags });
    const read = async () => (await aws().iam.send(new GetRoleCommand({ RoleName }))).Role;
    // Act and assess
    const role = await read();
    assert.equal(role?.Arn, `arn:aws:iam::000000000000:role/team/${RoleName}`);
    assert.match(role?.RoleId ?? "", /^AROA[A-Z0-9]{16,17}$/);
    assert.deepEqual([role?.Path, role?.Description, role?.MaxSessionDuration, role?.Tags], ["/team/", "does things", 7200, Tags]);
    assert.deepEqual(decoded(role?.AssumeRolePolicyDocument), JSON.parse(TRUST));
    await aws().iam.send(new UpdateRoleCommand({ RoleName, Description: "does more", MaxSessionDuration: 3600 }));
    const other = TRUST.replace("states", "lambda");
    await aws().iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: other }));
    const changed = await read();
    assert.deepEqual([changed?.Description, changed?.MaxSessionDuration], ["does more", 3600]);
    assert.deepEqual(decoded(changed?.AssumeRolePolicyDocument), JSON.parse(other));
    await aws().iam.send(new DeleteRoleCommand({ RoleName }));
    assert.deepEqual(await refusal(read()), [404, "NoSuchEntity"]);
  });

  it("a name is taken once, and a document that is none is refused", async () => {
    const RoleName = await newRole();
    const again = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST });
    assert.deepEqual(await refusal(aws().iam.send(again)), [409, "EntityAlreadyExists"]);
    const bad = new CreateRoleCommand({ RoleName: uniqueName("role"), AssumeRolePolicyDocument: "none" });
    assert.deepEqual(await refusal(aws().iam.send(bad)), [400, "MalformedPolicyDocument"]);
    await aws().iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("roles are listed by path, page by page", async () => {
    // Prepare
    const PathPrefix = `/${uniqueName("path")}/`;
    const names = [await newRole({ Path: PathPrefix }), await newRole({ Path: PathPrefix }), await newRole({ Path: PathPrefix })];
    // Act
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await aws().iam.send(new ListRolesCommand({ PathPrefix, MaxItems: 2, Marker }));
      seen.push(...(page.Roles?.map(({ RoleName }) => RoleName) ?? []));
      assert.equal(page.IsTruncated, page.Marker !== undefined);
      Marker = page.Marker;
    } while (Marker !== undefined);
    // Assess
    assert.deepEqual([...seen].sort(), [...names].sort());
    for (const RoleName of names) await aws().iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("a policy written into a role is read as it was put, listed and deleted", async () => {
    const RoleName = await newRole();
    const of = { RoleName, PolicyName: "send" };
    // Documents travel percent-encoded; what is encoded in them already must stay so.
    const document = ALLOW.replace("ab*", "a%3Ab+ü*");
    await aws().iam.send(new PutRolePolicyCommand({ ...of, PolicyDocument: document }));
    const { PolicyDocument } = await aws().iam.send(new GetRolePolicyCommand(of));
    assert.deepEqual(decoded(PolicyDocument), JSON.parse(document));
    assert.deepEqual((await aws().iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames, ["send"]);
    assert.deepEqual(await refusal(aws().iam.send(new DeleteRoleCommand({ RoleName }))), [409, "DeleteConflict"]);
    await aws().iam.send(new DeleteRolePolicyCommand(of));
    assert.deepEqual(await refusal(aws().iam.send(new GetRolePolicyCommand(of))), [404, "NoSuchEntity"]);
    const malformed = new PutRolePolicyCommand({ ...of, PolicyDocument: "{" });
    assert.deepEqual(await refusal(aws().iam.send(malformed)), [400, "MalformedPolicyDocument"]);
    await aws().iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("managed policies are attached, listed and detached", async () => {
    // Prepare
    const RoleName = await newRole();
    const PolicyArn = await newPolicy();
    const ofAws = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    // Act and assess
    for (const arn of [PolicyArn, PolicyArn, ofAws]) await aws().iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: arn }));
    const { AttachedPolicies } = await aws().iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    assert.deepEqual(new Set(AttachedPolicies?.map((policy) => policy.PolicyArn)), new Set([PolicyArn, ofAws]));
    const { Policy } = await aws().iam.send(new GetPolicyCommand({ PolicyArn }));
    await awsExpects(
      () => assert.equal(Policy?.AttachmentCount, 1),
      whereLocalStack("attachments-are-counted-by-call", () => assert.equal(Policy?.AttachmentCount, 2)),
    );
    assert.deepEqual(await refusal(aws().iam.send(new DeleteRoleCommand({ RoleName }))), [409, "DeleteConflict"]);
    const none = new AttachRolePolicyCommand({ RoleName, PolicyArn: `${PolicyArn}x` });
    assert.deepEqual(await refusal(aws().iam.send(none)), [404, "NoSuchEntity"]);
    for (const arn of [PolicyArn, ofAws]) await aws().iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: arn }));
    const again = new DetachRolePolicyCommand({ RoleName, PolicyArn });
    assert.deepEqual(await refusal(aws().iam.send(again)), [404, "NoSuchEntity"]);
    await aws().iam.send(new DeletePolicyCommand({ PolicyArn }));
    await aws().iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("a policy that is attached is not deleted", async () => {
    const RoleName = await newRole();
    const PolicyArn = await newPolicy();
    await aws().iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const remove = () => aws().iam.send(new DeletePolicyCommand({ PolicyArn }));
    await awsExpects(
      async () => assert.deepEqual(await refusal(remove()), [409, "DeleteConflict"]),
      whereLocalStack("attached-policies-are-deleted", async () => void (await remove())),
    );
  });

  it("tags are added, changed and removed; a role is in no instance profile", async () => {
    const RoleName = await newRole({ Tags: [{ Key: "a", Value: "1" }] });
    const tags = async () => (await aws().iam.send(new ListRoleTagsCommand({ RoleName }))).Tags;
    const changed = [
      { Key: "a", Value: "2" },
      { Key: "b", Value: "" },
    ];
    await aws().iam.send(new TagRoleCommand({ RoleName, Tags: changed }));
    assert.deepEqual(await tags(), changed);
    await aws().iam.send(new UntagRoleCommand({ RoleName, TagKeys: ["a", "never"] }));
    assert.deepEqual(await tags(), [{ Key: "b", Value: "" }]);
    assert.deepEqual((await aws().iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles, []);
    await aws().iam.send(new DeleteRoleCommand({ RoleName }));
  });
});

describe("IAM policies", () => {
  it("a policy has versions, one of which is the default", async () => {
    // Prepare
    const PolicyArn = await newPolicy();
    const other = ALLOW.replace("SendMessage", "DeleteMessage");
    const defaults = async () => (await aws().iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId;
    // Act and assess
    await aws().iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: other, SetAsDefault: true }));
    assert.equal(await defaults(), "v2");
    const { PolicyVersion } = await aws().iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    assert.deepEqual(decoded(PolicyVersion?.Document), JSON.parse(other));
    await aws().iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    assert.equal(await defaults(), "v1");
    const { Versions } = await aws().iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    assert.deepEqual(
      new Set(Versions?.map(({ VersionId, IsDefaultVersion }) => `${VersionId} ${IsDefaultVersion}`)),
      new Set(["v1 true", "v2 false"]),
    );
    const standing = new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" });
    assert.deepEqual(await refusal(aws().iam.send(standing)), [409, "DeleteConflict"]);
    await aws().iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    await aws().iam.send(new DeletePolicyCommand({ PolicyArn }));
    assert.deepEqual(await refusal(defaults()), [404, "NoSuchEntity"]);
  });

  it("a policy has five versions at most", async () => {
    const PolicyArn = await newPolicy();
    const more = () => aws().iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: ALLOW }));
    for (const _ of [2, 3, 4, 5]) await more();
    assert.deepEqual(await refusal(more()), [409, "LimitExceeded"]);
    for (const VersionId of ["v2", "v3", "v4", "v5"]) await aws().iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await aws().iam.send(new DeletePolicyCommand({ PolicyArn }));
  });
});
