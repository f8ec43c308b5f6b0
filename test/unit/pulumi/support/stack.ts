import * as pulumi from "@pulumi/pulumi";
import milepost from "../../../../pulumi/index.ts";

export interface MadeResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface MadeStack {
  readonly resources: readonly MadeResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The resources of a type, by the last part of its name. */
  of(type: string): readonly MadeResource[];
}

/** Where AWS would put a resource: enough for the program to go on with. */
const ACCOUNT = "000000000000";

const ARNS: Readonly<Record<string, (name: string) => string>> = {
  "aws:dynamodb/table:Table": (name) => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`,
  "aws:sqs/queue:Queue": (name) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`,
  "aws:sfn/stateMachine:StateMachine": (name) => `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${name}`,
  "aws:iam/role:Role": (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:iam/policy:Policy": (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`,
};

type ProgramOutputs = Readonly<Record<string, pulumi.Output<string>>>;

/** Milepost's own program, as `mockProgram` runs it. */
export function mockStack(
  name: string,
  config: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<MadeStack> {
  return mockProgram(name, config, () => milepost(environment));
}

/** Runs a program as stack `name` with Pulumi's mocks, which are global: one stack after the other. */
export async function mockProgram(
  name: string,
  config: Readonly<Record<string, string>>,
  program: () => ProgramOutputs,
): Promise<MadeStack> {
  const resources: MadeResource[] = [];
  pulumi.runtime.setAllConfig({ ...config });
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs,
      newResource: ({ type, name: resource, inputs }) => {
        resources.push({ type, name: resource, inputs });
        const url = `http://127.0.0.1:4566/${ACCOUNT}/${resource}`;
        const bucket = inputs.bucket ?? `${inputs.bucketPrefix ?? ""}0123456789`;
        return { id: resource, state: { ...inputs, bucket, arn: ARNS[type]?.(resource) ?? "", url } };
      },
    },
    "milepost",
    name,
  );
  const outputs = await outputsOf(program);
  return { resources, outputs, of: (type) => resources.filter((resource) => resource.type === type) };
}

async function outputsOf(program: () => ProgramOutputs): Promise<Readonly<Record<string, unknown>>> {
  let outputs: ProgramOutputs | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    outputs = program();
    return outputs;
  });
  await pulumi.runtime.disconnect();
  const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  pulumi.all({ ...outputs }).apply(resolve);
  return promise;
}

/** What became of a JSON text among the inputs. */
export function jsonIn(resource: MadeResource, input: string): unknown {
  const text = resource.inputs[input];
  if (typeof text !== "string") throw new Error(`${resource.name} has no text ${input}.`);
  return JSON.parse(text);
}
