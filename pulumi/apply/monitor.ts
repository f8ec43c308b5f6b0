/**
 * The other end of Pulumi's protocol, on an address of this process's own: a program speaks to it as to the real engine, and
 * `register` decides what becomes of each resource it has.
 *
 * The first failure ends the run, as it does in Pulumi: what was begun is waited for, what comes later is turned away.
 */
import { type handleUnaryCall, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Registered, Registration } from "./applier.ts";
import { ApplyError } from "./resource-type.ts";
import { asProperties, type Properties } from "./values.ts";

export interface Listener {
  readonly project: string;
  readonly stack: string;
  register(registration: Registration): Promise<Registered>;
  onMessage(message: string): void;
}

/** What a run of a program is to whoever waits for it. */
export interface MonitoredRun {
  /** Where the program finds monitor and engine. */
  readonly address: string;
  /** Rejected with the first thing that goes wrong. */
  readonly failure: Promise<never>;
  /** The stack's outputs, once the program has told them. */
  readonly outputs: Properties;
  fail(reason: unknown): void;
  /** Ends when all that was begun has ended. */
  close(): Promise<void>;
}

const STACK_TYPE = "pulumi:pulumi:Stack";

export async function monitor(listener: Listener): Promise<MonitoredRun> {
  const server = new Server();
  const session = new Session(listener, server);
  server.addService(resourceServices.ResourceMonitorService, session.monitor());
  server.addService(engineServices.EngineService, session.engine());
  await session.listen();
  return session;
}

class Session implements MonitoredRun {
  readonly #listener: Listener;
  readonly #server: Server;
  readonly #begun = new Set<Promise<unknown>>();
  readonly #ended = Promise.withResolvers<never>();
  #hasFailed = false;
  #root = "";
  address = "";
  outputs: Properties = {};

  constructor(listener: Listener, server: Server) {
    this.#listener = listener;
    this.#server = server;
    // Whoever races for it hears of it; where the program is done first, nobody needs to.
    this.failure.catch(() => undefined);
  }

  get failure(): Promise<never> {
    return this.#ended.promise;
  }

  fail(reason: unknown): void {
    this.#hasFailed = true;
    this.#ended.reject(reason);
  }

  async listen(): Promise<void> {
    const port = await new Promise<number>((resolve, reject) => {
      const onBound = (error: Error | null, bound: number) => (error === null ? resolve(bound) : reject(error));
      this.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), onBound);
    });
    this.address = `127.0.0.1:${port}`;
  }

  /** An AWS call that is under way cannot be taken back. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#begun);
    this.#server.forceShutdown();
  }

  monitor() {
    const getDeploymentInfo: handleUnaryCall<empties.Empty, resourceMessages.DeploymentInfo> = (_call, answer) =>
      answer(null, new resourceMessages.DeploymentInfo());
    const registerResource: handleUnaryCall<resourceMessages.RegisterResourceRequest, resourceMessages.RegisterResourceResponse> = (
      { request },
      answer,
    ) => {
      this.#register(request).then(
        (response) => answer(null, response),
        // To any other status the SDK adds a trace of its own, and takes minutes to end.
        (error: unknown) => answer({ code: status.UNAVAILABLE, details: String(error) }),
      );
    };
    const registerResourceOutputs: handleUnaryCall<resourceMessages.RegisterResourceOutputsRequest, empties.Empty> = (
      { request },
      answer,
    ) => {
      if (request.getUrn() === this.#root) this.outputs = propertiesOf(request.getOutputs());
      answer(null, new empties.Empty());
    };
    const invoke: handleUnaryCall<resourceMessages.ResourceInvokeRequest, unknown> = ({ request }, answer) =>
      answer(this.#refuse(request.getTok()));
    const readResource: handleUnaryCall<resourceMessages.ReadResourceRequest, unknown> = ({ request }, answer) =>
      answer(this.#refuse(`${request.getType()} ${request.getName()}`));
    return { getDeploymentInfo, registerResource, registerResourceOutputs, invoke, readResource };
  }

  engine() {
    const log: handleUnaryCall<engineMessages.LogRequest, empties.Empty> = ({ request }, answer) => {
      const { DEBUG, ERROR } = engineMessages.LogSeverity;
      if (request.getSeverity() === ERROR) this.fail(new Error(request.getMessage()));
      else if (request.getSeverity() !== DEBUG) this.#listener.onMessage(request.getMessage());
      answer(null, new empties.Empty());
    };
    const setRootResource: handleUnaryCall<engineMessages.SetRootResourceRequest, engineMessages.SetRootResourceResponse> = (
      { request },
      answer,
    ) => {
      this.#root = request.getUrn();
      answer(null, new engineMessages.SetRootResourceResponse());
    };
    return { log, setRootResource };
  }

  #refuse(what: string): Partial<ServiceError> {
    this.fail(new ApplyError(`${what}: the in-process apply looks nothing up; the Pulumi CLI does.`));
    return { code: status.UNAVAILABLE, details: what };
  }

  async #register(request: resourceMessages.RegisterResourceRequest): Promise<resourceMessages.RegisterResourceResponse> {
    if (this.#hasFailed) throw new Error("The run has failed.");
    const registration = this.#registrationOf(request);
    const work = this.#listener.register(registration);
    this.#begun.add(work);
    try {
      return responseOf(registration.urn, await work);
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.#begun.delete(work);
    }
  }

  #registrationOf(request: resourceMessages.RegisterResourceRequest): Registration {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const urn = urnOf(this.#listener, type, name, parent);
    return {
      urn,
      type,
      name,
      isCustom: request.getCustom(),
      inputs: propertiesOf(request.getObject()),
      options: optionsOf(request, urn),
      provider: request.getProvider(),
      dependencies: [...request.getDependenciesList()].sort(),
    };
  }
}

function optionsOf(request: resourceMessages.RegisterResourceRequest, urn: string): string[] {
  const options = {
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    ignoreChanges: request.getIgnorechangesList().length > 0,
    replaceOnChanges: request.getReplaceonchangesList().length > 0,
    import: request.getImportid() !== "",
    aliases: request.getAliasesList().length > 0 || request.getAliasurnsList().some((alias) => !isFormerType(alias, urn)),
  };
  return Object.entries(options).flatMap(([name, isSet]) => (isSet ? [name] : []));
}

/** Pulumi's own SDK gives some types the names they had before. What is there is found by its identity, so none is needed. */
function isFormerType(alias: string, urn: string): boolean {
  const withoutType = (one: string) => one.split("::").toSpliced(2, 1).join("::");
  return withoutType(alias) === withoutType(urn);
}

/** A URN carries the types of all that a resource is part of, save the stack. */
function urnOf({ stack, project }: Listener, type: string, name: string, parent: string): string {
  const parentType = parent.split("::")[2] ?? STACK_TYPE;
  const qualified = parentType === STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

function responseOf(urn: string, { id, outputs }: Registered): resourceMessages.RegisterResourceResponse {
  const response = new resourceMessages.RegisterResourceResponse();
  response.setUrn(urn);
  response.setId(id);
  response.setObject(structs.Struct.fromJavaScript(outputs as Record<string, JavaScriptValue>));
  return response;
}

function propertiesOf(struct: structs.Struct | undefined): Properties {
  return asProperties(struct?.toJavaScript() ?? {});
}
