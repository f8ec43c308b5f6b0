/**
 * A small Pulumi program under the in-process apply, in a process of its own, since Pulumi's state is global:
 * `node apply-program.ts up|preview|down`, with the program as JSON in PROGRAM. The tests start it by `apply` below.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../config/settings.ts";
import { down, preview, up } from "../../../pulumi/apply/apply.ts";
import { makeBucket } from "../../../pulumi/bucket.ts";
import { makeTarget } from "../../../pulumi/target.ts";

/** What the program makes, by a prefix that is the test's own. */
export interface SmallProgram {
  readonly prefix: string;
  readonly visibility?: number;
  /** Whether there is a second queue, which nothing needs. */
  readonly hasExtra?: boolean;
  /** Whether there is a bucket, made as Milepost makes its own. */
  readonly hasBucket?: boolean;
  /** The attributes that have an index; that of `broken` is one that DynamoDB refuses, since it includes nothing. */
  readonly indexes?: readonly string[];
  /** A type of resource that the in-process apply does not know. */
  readonly hasStranger?: boolean;
  /** Whether the queue has an option that the in-process apply does not. */
  readonly isProtected?: boolean;
  /** Where the program itself goes wrong. */
  readonly throws?: "at once" | "in an apply" | "in a lookup";
  /** After how many lines of its output the process kills itself. */
  readonly killAfter?: number;
}

export interface Applied {
  readonly status: number | null;
  readonly signal: string | null;
  readonly said: string;
}

type Command = "up" | "preview" | "down";

export function apply(command: Command, program: SmallProgram, endpoint: string, directory: string): Promise<Applied> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), command], {
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint, MILEPOST_DIR: directory, PROGRAM: JSON.stringify(program) },
    timeout: 60_000,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const { promise, resolve, reject } = Promise.withResolvers<Applied>();
  child.once("error", reject);
  child.once("close", (status, signal) => resolve({ status, signal, said }));
  return promise;
}

function make({ prefix, visibility = 30, indexes = [], throws, ...flags }: SmallProgram) {
  const { hasExtra = false, hasBucket = false, hasStranger = false, isProtected = false } = flags;
  if (throws === "at once") throw new Error("It threw at once.");
  const queue = new aws.sqs.Queue("queue", { name: `${prefix}-queue`, visibilityTimeoutSeconds: visibility }, { protect: isProtected });
  if (throws === "in an apply") queue.url.apply(() => Promise.reject(new Error("It threw in an apply.")));
  if (throws === "in a lookup") aws.getCallerIdentityOutput();
  if (hasExtra) new aws.sqs.Queue("extra", { name: `${prefix}-extra` });
  if (hasBucket) makeBucket(makeTarget(process.env), `${prefix}-bucket`);
  if (hasStranger) new aws.sns.Topic("stranger", { name: `${prefix}-stranger` });
  const table = new aws.dynamodb.Table("table", {
    name: `${prefix}-table`,
    billingMode: "PAY_PER_REQUEST",
    hashKey: "PK",
    attributes: ["PK", ...indexes].map((name) => ({ name, type: "S" })),
    globalSecondaryIndexes: indexes.map((name) => ({
      name: `by-${name}`,
      keySchemas: [{ attributeName: name, keyType: "HASH" }],
      projectionType: name === "broken" ? "INCLUDE" : "ALL",
    })),
  });
  const trust = { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = new aws.iam.Role("role", {
    name: `${prefix}-role`,
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  const sends = { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue.arn] };
  new aws.iam.RolePolicy("policy", {
    name: "sends",
    role: role.name,
    policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [sends] }),
  });
  const send = { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Parameters: { QueueUrl: queue.url, MessageBody: "hello" } };
  const machine = new aws.sfn.StateMachine("machine", {
    name: `${prefix}-machine`,
    roleArn: role.arn,
    definition: pulumi.jsonStringify({ StartAt: "Send", States: { Send: { ...send, End: true } } }),
  });
  return { queue_url: queue.url, table: table.name, machine_arn: machine.arn };
}

async function main(command: string | undefined, program: SmallProgram): Promise<void> {
  let lines = 0;
  const say = (line: string) => {
    console.log(line);
    if (++lines === program.killAfter) process.kill(process.pid, "SIGKILL");
  };
  const task = { settings: readSettings(), project: "small", stack: "local", program: () => make(program), say };
  const isDone = command === "up" ? await up(task) : command === "down" ? await down(task) : await preview(task);
  process.exitCode = isDone ? 0 : 1;
}

if (import.meta.main) await main(process.argv[2], JSON.parse(process.env.PROGRAM ?? "{}"));
