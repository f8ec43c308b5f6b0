import assert from "node:assert/strict";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSServiceException } from "@aws-sdk/client-sts";
import { aws, executionRole } from "./support/endpoint.ts";

describe("STS", () => {
  it("every caller is the account's root user", async () => {
    const { Account, Arn } = await aws().sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Account, Arn], ["000000000000", "arn:aws:iam::000000000000:root"]);
  });

  it("a role that is assumed gives credentials for a while", async () => {
    // Prepare
    const RoleArn = await executionRole();
    // Act
    const { Credentials, AssumedRoleUser } = await aws().sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "session", DurationSeconds: 900 }),
    );
    // Assess
    assert.equal(AssumedRoleUser?.Arn, `${RoleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/session`);
    assert.match(Credentials?.AccessKeyId ?? "", /^[A-Z]SIA[A-Z0-9]{16}$/);
    assert.ok(Credentials?.SecretAccessKey && Credentials.SessionToken);
    const seconds = ((Credentials.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
    assert.ok(seconds > 800 && seconds <= 901, `expires in ${seconds} s`);
  });

  it("what is no role, and a session without a proper name, are refused", async () => {
    const assume = (RoleArn: string, RoleSessionName: string) =>
      aws()
        .sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }))
        .then(
          () => assert.fail("The call was not refused."),
          (error: unknown) => error instanceof STSServiceException && error.name,
        );
    assert.equal(await assume("nothing-valid-in-here", "session"), "ValidationError");
    assert.equal(await assume("arn:aws:iam::000000000000:role/a", "not:a-name"), "ValidationError");
  });

  it("a session's token comes with credentials", async () => {
    const { Credentials } = await aws().sts.send(new GetSessionTokenCommand({}));
    assert.ok(Credentials?.AccessKeyId && Credentials.SecretAccessKey && Credentials.SessionToken && Credentials.Expiration);
  });
});
