import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OUTPUTS } from "../../../config/outputs.ts";
import { jsonIn, type MadeStack, mockStack } from "./support/stack.ts";

const ENDPOINT = "http://127.0.0.1:4566";
const LOCAL = { "milepost:localstack_endpoint": ENDPOINT };
const AWS = { "aws:region": "eu-west-1" };

/** The tables of which AWS removes what has expired; the others keep records. */
const EXPIRING = ["Failures", "Idempotency"];

/** The service of AWS that a type of resource is made by, as Pulumi's provider calls it. */
function serviceOf(type: string): string | undefined {
  return /^aws:(\w+)\//.exec(type)?.[1];
}

function providerOf(stack: MadeStack): Readonly<Record<string, unknown>> {
  const [provider, ...others] = stack.of("pulumi:providers:aws");
  assert.ok(provider !== undefined && others.length === 0, "there is one provider");
  return provider.inputs;
}

describe("The Pulumi program", () => {
  let local: MadeStack;
  let aws: MadeStack;

  before("both stacks, with Pulumi's mocks", async function () {
    this.timeout(30_000);
    local = await mockStack("local", LOCAL);
    aws = await mockStack("aws", AWS);
  });

  describe("on both stacks", () => {
    const both = () => [local, aws];

    it("exports what config/outputs.ts names, no more and no less, and each with a value", () => {
      for (const { outputs } of both()) {
        assert.deepEqual(Object.keys(outputs).sort(), [...OUTPUTS].sort());
        for (const [name, value] of Object.entries(outputs)) assert.ok(typeof value === "string" && value !== "", name);
      }
    });

    it("is told of in docs/pulumi.md: every table, queue, bucket, workflow and role by its name", () => {
      // Prepare
      const page = readFileSync(join(import.meta.dirname, "../../../docs/pulumi.md"), "utf8");
      const table = page.slice(page.indexOf("## What there is"), page.indexOf("Everything is tagged"));
      const types = ["dynamodb/table:Table", "sqs/queue:Queue", "s3/bucket:Bucket", "sfn/stateMachine:StateMachine", "iam/role:Role"];

      // Act
      const names = both().flatMap((stack) => types.flatMap((type) => stack.of(`aws:${type}`).map(({ name }) => name)));

      // Assess
      assert.ok(names.length > 40);
      for (const name of new Set(names)) assert.ok(table.includes(`\`${name}\``), name);
    });

    it("gives every queue that is worked on a dead-letter queue, and every dead-letter queue its sources alone", () => {
      for (const stack of both()) {
        const queues = stack.of("aws:sqs/queue:Queue");
        const sources = queues.filter(({ inputs }) => inputs.redrivePolicy !== undefined);
        const targets = sources.map(
          (queue) => JSON.stringify(jsonIn(queue, "redrivePolicy")).match(/"deadLetterTargetArn":"[^"]*:([^":]+)"/)?.[1],
        );
        const deadLetters = queues.filter(({ inputs }) => inputs.redrivePolicy === undefined).map(({ name }) => name);
        assert.deepEqual(deadLetters, [...new Set(targets)]);
        const allowed = stack.of("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy").map((one) => jsonIn(one, "redriveAllowPolicy"));
        const arnsBefore = (target: string) =>
          sources.filter((_, index) => targets[index] === target).map(({ name }) => `arn:aws:sqs:us-east-1:000000000000:${name}`);
        assert.deepEqual(
          allowed,
          deadLetters.map((target) => ({ redrivePermission: "byQueue", sourceQueueArns: arnsBefore(target) })),
        );
      }
    });

    it("keeps what was given up for as long as AWS allows", () => {
      for (const stack of both()) {
        const dlq = stack.of("aws:sqs/queue:Queue").find(({ name }) => name === "requests-dlq");
        assert.equal(dlq?.inputs.messageRetentionSeconds, 1_209_600);
      }
    });

    it("names actions and resources in every policy: no * but for the executions of one state machine and the invoices of a bucket", () => {
      for (const stack of both()) {
        const policies = [...stack.of("aws:iam/rolePolicy:RolePolicy"), ...stack.of("aws:iam/policy:Policy")];
        const statements = policies.flatMap((policy) => statementsOf(jsonIn(policy, "policy")));
        assert.ok(statements.length > 0);
        for (const { Effect, Action, Resource } of statements) {
          assert.equal(Effect, "Allow");
          for (const action of Action) assert.match(action, /^[a-z0-9]+:[A-Za-z]+$/);
          for (const resource of Resource)
            assert.match(resource, /^arn:aws:[^*]+$|^arn:aws:states:[^*]*:execution:[^*:]+:\*$|^arn:aws:s3:::[^*/]+\/invoices\/\*$/);
        }
      }
    });

    it("lets a workflow's role do one thing: put messages into its own queue", () => {
      for (const stack of both()) {
        const policy = stack.of("aws:iam/rolePolicy:RolePolicy").find(({ name }) => name === "milepost-requests-workflow-sends");
        assert.ok(policy);
        assert.deepEqual(statementsOf(jsonIn(policy, "policy")), [
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["arn:aws:sqs:us-east-1:000000000000:requests-queue"] },
        ]);
      }
    });

    it("lets each role be taken on by one service alone", () => {
      for (const stack of both()) {
        for (const role of stack.of("aws:iam/role:Role")) {
          const [statement, ...others] = statementsOf(jsonIn(role, "assumeRolePolicy"));
          assert.deepEqual(others, []);
          assert.match(JSON.stringify(statement?.Principal), /^\{"Service":"(states|ecs-tasks)\.amazonaws\.com"\}$/);
        }
      }
    });

    it("fills every placeholder of a workflow's definition", () => {
      for (const stack of both()) {
        for (const machine of stack.of("aws:sfn/stateMachine:StateMachine")) {
          const text = JSON.stringify(jsonIn(machine, "definition"));
          assert.doesNotMatch(text, /\$\{/);
          assert.match(text, /"QueueUrl":"http:[^"]*\/[a-z]+-(queue|notifications)"/);
          assert.match(text, machine.name === "orders" ? /"HeartbeatSeconds":300/ : /"HeartbeatSeconds":900/);
        }
      }
    });

    it("tags what it makes with project and stack", () => {
      const tagsOf = (stack: MadeStack) => JSON.parse(String(providerOf(stack).defaultTags));
      assert.deepEqual(tagsOf(local), { tags: { project: "milepost", stack: "local" } });
      assert.deepEqual(tagsOf(aws), { tags: { project: "milepost", stack: "aws" } });
    });
  });

  describe("on stack local", () => {
    it("names an address for every service it uses, and for STS", () => {
      const [endpoints] = JSON.parse(String(providerOf(local).endpoints));
      const used = new Set(local.resources.map(({ type }) => serviceOf(type)).filter((service) => service !== undefined));
      for (const service of [...used, "sts"]) assert.equal(endpoints[service], ENDPOINT, service);
    });

    it("takes the environment's addresses before the stack's", async () => {
      // Prepare
      const environment = { AWS_ENDPOINT_URL: "http://127.0.0.1:7000", SQS_ENDPOINT: "http://127.0.0.1:7001" };
      // Act
      const stack = await mockStack("local", LOCAL, environment);
      // Assess
      const [endpoints] = JSON.parse(String(providerOf(stack).endpoints));
      assert.equal(endpoints.dynamodb, "http://127.0.0.1:7000");
      assert.equal(endpoints.sqs, "http://127.0.0.1:7001");
    });

    it("checks nothing with AWS, and addresses buckets by path", () => {
      const provider = providerOf(local);
      const skips = ["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"];
      for (const flag of [...skips, "s3UsePathStyle"]) assert.equal(provider[flag], "true", flag);
    });
  });

  describe("on stack aws", () => {
    it("names no address and no credentials", () => {
      const provider = providerOf(aws);
      for (const name of ["endpoints", "accessKey", "secretKey"]) assert.equal(provider[name], undefined, name);
      assert.equal(provider.region, "eu-west-1");
    });

    it("can put every table back to any second, and lets none be deleted by mistake", () => {
      const tables = aws.of("aws:dynamodb/table:Table");
      for (const table of ["Failures", "Idempotency", "Requests", "Tasks"])
        assert.ok(
          tables.some(({ name }) => name === table),
          table,
        );
      for (const { name, inputs } of tables) {
        assert.deepEqual(inputs.pointInTimeRecovery, { enabled: true }, name);
        assert.equal(inputs.deletionProtectionEnabled, true, name);
      }
    });

    it("lets AWS remove what has expired, and no records", () => {
      for (const { name, inputs } of aws.of("aws:dynamodb/table:Table"))
        assert.deepEqual(inputs.ttl, EXPIRING.includes(name) ? { attributeName: "expiresAt", enabled: true } : undefined, name);
    });

    it("watches every queue, workflow and table", () => {
      const watched = new Set(aws.of("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => JSON.stringify(inputs.dimensions)));
      for (const { name } of aws.of("aws:sqs/queue:Queue")) assert.ok(watched.has(JSON.stringify({ QueueName: name })), name);
      for (const { name } of aws.of("aws:dynamodb/table:Table")) assert.ok(watched.has(JSON.stringify({ TableName: name })), name);
      for (const { name } of aws.of("aws:sfn/stateMachine:StateMachine"))
        assert.ok(
          [...watched].some((dimensions) => dimensions.includes(`stateMachine:${name}"`)),
          name,
        );
    });

    it("tells the alarms' topic, where the stack names one", async () => {
      const topic = "arn:aws:sns:eu-west-1:000000000000:alarms";
      const stack = await mockStack("aws", { ...AWS, "milepost:alarm_topic_arn": topic });
      for (const { inputs } of stack.of("aws:cloudwatch/metricAlarm:MetricAlarm")) assert.deepEqual(inputs.alarmActions, [topic]);
    });

    it("refuses an endpoint of the environment, which the provider would take silently", async () => {
      const stack = mockStack("aws", AWS, { AWS_ENDPOINT_URL: ENDPOINT });
      await assert.rejects(stack, /AWS_ENDPOINT_URL must not be set/);
    });
  });
});

interface ReadStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: unknown;
}

function statementsOf(policy: unknown): readonly ReadStatement[] {
  assert.ok(typeof policy === "object" && policy !== null && "Statement" in policy && Array.isArray(policy.Statement));
  return policy.Statement;
}
