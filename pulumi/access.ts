/**
 * On AWS: what the API and the worker may do, each as a role that only containers of ECS can take on. Every statement
 * names its actions and its resources; what neither of the two calls, neither may.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KindResources } from "./kind.ts";
import { allow, document, type Statement, trust } from "./policies.ts";
import type { Target } from "./target.ts";

const READS = ["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query"];
const WRITES = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
const CONSUMES = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"];

export function makeAccess(target: Target, kinds: readonly KindResources[]): void {
  const tables = kinds.flatMap(({ tables }) => Object.values(tables).flatMap((table) => [table.arn, indexesOf(table)]));
  const queues = kinds.flatMap(({ queues }) => Object.values(queues).flatMap(({ queue, dlq }) => [queue.arn, dlq.arn]));
  const machines = kinds.flatMap(({ machines }) => Object.values(machines).map((machine) => machine.arn));
  const invoices = kinds.flatMap(({ buckets = {} }) => Object.values(buckets).map(({ arn }) => pulumi.interpolate`${arn}/invoices/*`));
  makeRole(target, "milepost-api", [
    allow([...READS, ...WRITES], tables),
    allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], queues),
    allow(["states:DescribeStateMachine", "states:StartExecution"], machines),
    // The console draws how an execution stands, which the worker has no need to know.
    allow(
      ["states:DescribeExecution", "states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
      machines.map(executionsOf),
    ),
    allow(["s3:GetObject"], invoices),
  ]);
  makeRole(target, "milepost-worker", [
    allow([...READS, ...WRITES], tables),
    allow(CONSUMES, queues),
    allow(["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess", "states:StartExecution"], machines),
    allow(["states:DescribeExecution"], machines.map(executionsOf)),
    allow(["s3:PutObject"], invoices),
  ]);
}

function indexesOf({ arn, globalSecondaryIndexes }: aws.dynamodb.Table): pulumi.Output<string[]> {
  return pulumi.all([arn, globalSecondaryIndexes]).apply(([table, indexes = []]) => indexes.map(({ name }) => `${table}/index/${name}`));
}

/** A machine's executions, whose names are not known beforehand: the one thing a name cannot say more exactly. */
function executionsOf(machine: pulumi.Output<string>): pulumi.Output<string> {
  return machine.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`);
}

function makeRole({ options }: Target, name: string, statements: readonly Statement[]): void {
  const policy = new aws.iam.Policy(name, { name, policy: document(statements) }, options);
  const role = new aws.iam.Role(name, { name, assumeRolePolicy: trust("ecs-tasks.amazonaws.com") }, options);
  new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: policy.arn }, options);
}
