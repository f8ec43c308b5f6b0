/** On AWS: the alarms that tell of work that is stuck, given up or refused, for every queue, workflow and table. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KindResources } from "./kind.ts";
import type { QueueWithDlq } from "./queue.ts";
import type { Target } from "./target.ts";

interface Watch {
  readonly name: string;
  readonly says: string;
  readonly namespace: "AWS/SQS" | "AWS/States" | "AWS/DynamoDB";
  readonly metric: string;
  readonly of: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Maximum" | "Sum";
  /** It alarms above this. */
  readonly above: number;
  /** How many minutes in a row it must be so. */
  readonly minutes: number;
}

/** A message this old, in seconds, has been passed over by a working worker several times. */
const OLDEST_MESSAGE_MOST = 300;

export function makeAlarms(target: Target, kinds: readonly KindResources[]): void {
  const topic = new pulumi.Config().get("alarm_topic_arn");
  const actions = topic === undefined || topic === "" ? [] : [topic];
  for (const watch of kinds.flatMap(watchesOf)) makeAlarm(target, watch, actions);
}

function watchesOf({ tables, queues, machines }: KindResources): Watch[] {
  return [
    ...Object.entries(queues).flatMap(([name, queue]) => watchQueue(name, queue)),
    ...Object.entries(machines).flatMap(([name, machine]) => watchMachine(name, machine)),
    ...Object.entries(tables).flatMap(([name, table]) => watchTable(name, table)),
  ];
}

function watchQueue(name: string, { queue, dlq }: QueueWithDlq): Watch[] {
  const common = { namespace: "AWS/SQS", statistic: "Maximum" } as const;
  return [
    {
      ...common,
      name: `milepost-${name}-given-up`,
      says: "A message was given up: its failure is recorded, and shown by GET /dlq/failures.",
      metric: "ApproximateNumberOfMessagesVisible",
      of: { QueueName: dlq.name },
      above: 0,
      minutes: 5,
    },
    {
      ...common,
      name: `milepost-${name}-oldest-message`,
      says: "Messages wait: see that enough workers run, and that they reach their queue.",
      metric: "ApproximateAgeOfOldestMessage",
      of: { QueueName: queue.name },
      above: OLDEST_MESSAGE_MOST,
      minutes: 5,
    },
  ];
}

function watchMachine(name: string, machine: aws.sfn.StateMachine): Watch[] {
  const common = { namespace: "AWS/States", statistic: "Sum", of: { StateMachineArn: machine.arn }, above: 0, minutes: 1 } as const;
  return [
    { ...common, name: `milepost-${name}-failed`, metric: "ExecutionsFailed", says: "An execution failed: its cause says why." },
    { ...common, name: `milepost-${name}-timed-out`, metric: "ExecutionsTimedOut", says: "An execution was not done in time." },
  ];
}

function watchTable(name: string, table: aws.dynamodb.Table): Watch[] {
  const common = { namespace: "AWS/DynamoDB", statistic: "Sum", of: { TableName: table.name }, above: 0, minutes: 5 } as const;
  return [
    { ...common, name: `milepost-${name}-read-throttles`, metric: "ReadThrottleEvents", says: "Reads of the table are refused." },
    { ...common, name: `milepost-${name}-write-throttles`, metric: "WriteThrottleEvents", says: "Writes to the table are refused." },
  ];
}

function makeAlarm({ options }: Target, watch: Watch, actions: string[]): void {
  new aws.cloudwatch.MetricAlarm(
    watch.name,
    {
      name: watch.name,
      alarmDescription: watch.says,
      namespace: watch.namespace,
      metricName: watch.metric,
      dimensions: { ...watch.of },
      statistic: watch.statistic,
      comparisonOperator: "GreaterThanThreshold",
      threshold: watch.above,
      period: 60,
      evaluationPeriods: watch.minutes,
      treatMissingData: "notBreaching",
      alarmActions: actions,
      okActions: actions,
    },
    options,
  );
}
