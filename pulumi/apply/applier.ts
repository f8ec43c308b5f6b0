/**
 * Makes each resource what the program wants it to be, as the program tells of it.
 *
 * What is there is read first, always: so a resource that was made by an interrupted run, by another tool or by hand is taken
 * over under its name, and one that was changed or lost behind the stack's back is put right. A resource stands in the state
 * before it is made: whatever is interrupted, nothing is left that the state does not know.
 */
import type { Calls } from "./calls.ts";
import { type Change, changesBetween, touched } from "./diff.ts";
import { pick } from "./read-inputs.ts";
import { ApplyError, type Live, type ResourceType } from "./resource-type.ts";
import type { State } from "./state.ts";
import type { Operation, Step } from "./steps.ts";
import { asProperties, canonical, hasUnknown, isEqual, isProperties, type Properties } from "./values.ts";

/** A resource as the program has it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Whether AWS has it, or it only groups others. */
  readonly isCustom: boolean;
  readonly inputs: Properties;
  /** Options of the resource that change what becomes of it, by their names in Pulumi. */
  readonly options: readonly string[];
  /** The URN of its provider, with its id. */
  readonly provider: string;
  readonly dependencies: readonly string[];
}

export interface Registered {
  readonly id: string;
  readonly outputs: Properties;
}

export interface ApplierParts {
  readonly types: readonly ResourceType[];
  readonly calls: Calls;
  readonly state: State;
  readonly isPreview: boolean;
  onStep(step: Step): void;
}

const PROVIDER_TYPE = "pulumi:providers:";
const PROVIDER_ID = "in-process";

export class Applier {
  readonly #parts: ApplierParts;
  readonly #tags = new Map<string, Properties>();
  /** What the program has told of, by type and identity, with the URN it has now. */
  readonly #told = new Map<string, string>();

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  async register(registration: Registration): Promise<Registered> {
    const { urn, type, inputs, isCustom } = registration;
    if (!isCustom) return { id: "", outputs: inputs };
    if (type.startsWith(PROVIDER_TYPE)) {
      this.#tags.set(urn, defaultTagsOf(inputs));
      return { id: PROVIDER_ID, outputs: {} };
    }
    return this.#apply(registration, this.#typeOf(registration));
  }

  /** Whether the program has told of this resource, be it under another URN. */
  isTold(type: string, identity: Properties): boolean {
    return this.#told.has(keyOf(type, identity));
  }

  async #apply(registration: Registration, resourceType: ResourceType): Promise<Registered> {
    const { urn, name, inputs } = registration;
    const identity = resourceType.identify(inputs);
    if (hasUnknown(identity)) return this.#preview(registration, inputs);
    this.#claim(urn, resourceType, identity);
    const wanted = resourceType.wanted(this.#withTags(registration, resourceType));
    const live = await resourceType.read(identity, this.#parts.calls);
    if (live === undefined) return this.#create(registration, resourceType, identity, wanted);
    const changes = changesBetween(...common(live.properties, wanted));
    refuseFixed(changes, resourceType);
    const operation: Operation = changes.length === 0 ? "same" : "update";
    this.#parts.onStep({ operation, type: resourceType.type, name, changes });
    this.#remember(registration, identity);
    if (operation === "same" || this.#parts.isPreview) return registered(inputs, live);
    await resourceType.update(wanted, live, touched(changes), this.#parts.calls);
    return registered(inputs, await this.#readBack(resourceType, identity));
  }

  async #create(registration: Registration, resourceType: ResourceType, identity: Properties, wanted: Properties): Promise<Registered> {
    if (this.#parts.isPreview) return this.#preview(registration, registration.inputs);
    this.#parts.onStep({ operation: "create", type: resourceType.type, name: registration.name, changes: [] });
    this.#remember(registration, identity);
    await resourceType.create(wanted, this.#parts.calls);
    return registered(registration.inputs, await this.#readBack(resourceType, identity));
  }

  /** What is not there yet has no outputs; Pulumi takes those that are left out for unknown. */
  #preview({ type, name }: Registration, inputs: Properties): Registered {
    this.#parts.onStep({ operation: "create", type, name, changes: [] });
    return { id: "", outputs: inputs };
  }

  async #readBack(resourceType: ResourceType, identity: Properties): Promise<Live> {
    const live = await resourceType.read(identity, this.#parts.calls);
    if (live === undefined) throw new ApplyError("it was made, and is not there all the same.");
    return live;
  }

  #typeOf({ type, inputs, options }: Registration): ResourceType {
    const found = this.#parts.types.find((one) => one.type === type);
    if (found === undefined) throw new ApplyError("the in-process apply does not know this type of resource; the Pulumi CLI does.");
    if (options.length > 0) throw new ApplyError(`the in-process apply has no ${options.join(", ")}; the Pulumi CLI has.`);
    const strange = Object.keys(inputs).filter((input) => !found.inputs.includes(input));
    if (strange.length > 0) throw new ApplyError(`the in-process apply cannot set ${strange.join(", ")}; the Pulumi CLI can.`);
    return found;
  }

  /** Two resources of the program that are one on the endpoint would undo each other for ever. */
  #claim(urn: string, { type }: ResourceType, identity: Properties): void {
    const key = keyOf(type, identity);
    const other = this.#told.get(key);
    if (other !== undefined) throw new ApplyError(`it is the same as ${other}.`);
    this.#told.set(key, urn);
    const before = this.#parts.state.get(urn)?.identity;
    if (before !== undefined && !isEqual(before, identity)) throw new ApplyError(cannotChange(Object.keys(identity)));
  }

  #withTags({ inputs, provider }: Registration, { isTagged }: ResourceType): Properties {
    const tags = this.#tags.get(provider.slice(0, provider.lastIndexOf("::")));
    if (!isTagged || tags === undefined) return inputs;
    return { ...inputs, tags: { ...tags, ...(isProperties(inputs.tags) ? inputs.tags : {}) } };
  }

  #remember({ urn, type, name, dependencies }: Registration, identity: Properties): void {
    if (!this.#parts.isPreview) this.#parts.state.put({ urn, type, name, identity, dependencies });
  }
}

function keyOf(type: string, identity: Properties): string {
  return `${type} ${canonical(identity)}`;
}

/** What the program says nothing of is left as it is; what serves only to make the resource is no property of it. */
function common(live: Properties, wanted: Properties): [live: Properties, wanted: Properties] {
  const names = Object.keys(wanted).filter((name) => name in live);
  return [pick(live, ...names), pick(wanted, ...names)];
}

function registered(inputs: Properties, live: Live): Registered {
  return { id: live.id, outputs: { ...inputs, ...live.outputs } };
}

function refuseFixed(changes: readonly Change[], { fixed }: ResourceType): void {
  const names = [...touched(changes)].filter((name) => fixed.includes(name));
  if (names.length > 0) throw new ApplyError(cannotChange(names));
}

function cannotChange(names: readonly string[]): string {
  return `${names.join(" and ")} cannot be changed in place, and nothing is replaced here, since what it holds would be lost: take it down first, or give it another name in the program.`;
}

/** Providers take what is not a text as the JSON of it. */
function defaultTagsOf({ defaultTags }: Properties): Properties {
  if (typeof defaultTags !== "string") return {};
  const parsed: unknown = JSON.parse(defaultTags);
  const { tags } = typeof parsed === "object" && parsed !== null ? asProperties(parsed) : {};
  return isProperties(tags) ? tags : {};
}
