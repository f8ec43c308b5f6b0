/**
 * Where a stack's resources are made: on this machine's endpoint where the stack names one, on AWS where it names none.
 *
 * On this machine every service is named an address of its own, so that no call can reach AWS by a service that was
 * forgotten; on AWS none is named. Every resource takes `options`, and with them this provider and its tags.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, type Environment } from "../config/environment.ts";
import { readSettings, type Settings } from "../config/settings.ts";

export interface Target {
  readonly isAws: boolean;
  readonly settings: Settings;
  /** What every resource is made with. */
  readonly options: pulumi.CustomResourceOptions;
}

export function makeTarget(environment: Environment): Target {
  const endpoint = new pulumi.Config().get("localstack_endpoint");
  const isAws = endpoint === undefined || endpoint === "";
  const settings = isAws ? settingsOnAws(environment) : settingsOnThisMachine(environment, endpoint);
  const provider = new aws.Provider("aws", isAws ? onAws() : onThisMachine(settings));
  return { isAws, settings, options: { provider } };
}

function settingsOnAws(environment: Environment): Settings {
  return readSettings({ ...environment, MILEPOST_MODE: "aws" });
}

/** The environment's address wins, as it does for API and worker, so that all meet at the same place. */
function settingsOnThisMachine(environment: Environment, endpoint: string): Settings {
  const config = new pulumi.Config("aws");
  return readSettings({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: config.get("region"),
    ...definedOf(environment),
    MILEPOST_MODE: "local",
  });
}

function definedOf(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
}

function onAws(): aws.ProviderArgs {
  return { region: new pulumi.Config("aws").require("region"), defaultTags: tags() };
}

function onThisMachine({ endpoints, region, credentials }: Settings): aws.ProviderArgs {
  const { all } = endpoints;
  if (all === undefined || credentials === undefined) throw new ConfigError("A stack on this machine needs an endpoint and credentials.");
  return {
    region,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
    endpoints: [
      {
        dynamodb: endpoints.dynamodb ?? all,
        sqs: endpoints.sqs ?? all,
        sfn: endpoints.sfn ?? all,
        s3: endpoints.s3 ?? all,
        iam: all,
        sts: all,
      },
    ],
    defaultTags: tags(),
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
    skipRequestingAccountId: true,
  };
}

function tags(): aws.ProviderArgs["defaultTags"] {
  return { tags: { project: pulumi.getProject(), stack: pulumi.getStack() } };
}
