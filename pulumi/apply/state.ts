/**
 * What the stack has made, on disk. The file is replaced as a whole after every resource and synced first, so whatever kills
 * an apply leaves one that is whole. It says what belongs to the stack and in which order it depends on one another; how
 * things are is read from the endpoint every time, since LocalStack forgets at a restart and people change things by hand.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../../config/message-of.ts";
import { ApplyError } from "./resource-type.ts";
import { asProperties, isProperties, type Properties, type Value } from "./values.ts";

export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** By which properties it is found on the endpoint. */
  readonly identity: Properties;
  /** The URNs of what must be made before it, and removed after it. */
  readonly dependencies: readonly string[];
}

const VERSION = 1;

export class State {
  readonly #file: string;
  readonly #resources: Map<string, StoredResource>;

  private constructor(file: string, resources: readonly StoredResource[]) {
    this.#file = file;
    this.#resources = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  static open(directory: string): State {
    const file = join(directory, "state.json");
    return new State(file, readResources(file));
  }

  get resources(): readonly StoredResource[] {
    return [...this.#resources.values()];
  }

  get(urn: string): StoredResource | undefined {
    return this.#resources.get(urn);
  }

  put(resource: StoredResource): void {
    if (JSON.stringify(this.#resources.get(resource.urn)) === JSON.stringify(resource)) return;
    this.#resources.set(resource.urn, resource);
    this.#write();
  }

  remove(urn: string): void {
    if (this.#resources.delete(urn)) this.#write();
  }

  #write(): void {
    writeWhole(this.#file, { version: VERSION, resources: this.resources });
  }
}

/** Either the old file is there or the new one, whenever the power goes. Whoever writes has the stack's lock. */
export function writeWhole(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const handle = openSync(temporary, "w", 0o600);
  try {
    writeSync(handle, `${JSON.stringify(content, undefined, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

function readResources(file: string): readonly StoredResource[] {
  try {
    return parseResources(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    const why = messageOf(error);
    throw new ApplyError(`${file} cannot be read (${why}): move it away, and the next "up" takes over what is there.`);
  }
}

function parseResources(content: unknown): readonly StoredResource[] {
  const state = typeof content === "object" && content !== null ? asProperties(content) : {};
  if (state.version !== VERSION || !Array.isArray(state.resources)) throw new Error(`it is not a state of version ${VERSION}`);
  return state.resources.map(parseResource);
}

function parseResource(resource: Value): StoredResource {
  if (!isProperties(resource)) throw new Error("a resource in it is not one");
  const { urn, type, name, identity, dependencies } = resource;
  const isText = (value: Value | undefined): value is string => typeof value === "string";
  if (!isText(urn) || !isText(type) || !isText(name) || !isProperties(identity) || !Array.isArray(dependencies))
    throw new Error("a resource in it lacks something");
  return { urn, type, name, identity, dependencies: dependencies.filter(isText) };
}
