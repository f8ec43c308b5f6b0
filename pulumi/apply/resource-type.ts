/**
 * What the in-process apply must know of a type of resource to keep one as the program wants it. Everything else (order,
 * state, what to do when) is the same for all and stands in applier.ts.
 */
import type { Calls } from "./calls.ts";
import type { Properties } from "./values.ts";

export interface ResourceType {
  /** Pulumi's name of it. */
  readonly type: string;
  /** The inputs it can set. Any other is refused, since it would be left out in silence. */
  readonly inputs: readonly string[];
  /** By what the resource is found again. */
  identify(inputs: Properties): Properties;
  /** The properties that cannot be changed without losing what the resource holds. */
  readonly fixed: readonly string[];
  /** Whether the provider's default tags go to it. */
  readonly isTagged: boolean;
  /** The inputs in the form that `read` gives, with what AWS sets where they say nothing. */
  wanted(inputs: Properties): Properties;
  /** What is there now; undefined where nothing is. */
  read(identity: Properties, calls: Calls): Promise<Live | undefined>;
  create(wanted: Properties, calls: Calls): Promise<void>;
  /** @param touched the properties that differ */
  update(wanted: Properties, live: Live, touched: ReadonlySet<string>, calls: Calls): Promise<void>;
  /** Ends when the resource is gone; one that is gone already is well. */
  remove(identity: Properties, calls: Calls): Promise<void>;
}

export interface Live {
  readonly id: string;
  /** What `wanted` says, as it is. */
  readonly properties: Properties;
  /** What only AWS knows: ARNs, URLs. */
  readonly outputs: Properties;
}

/** A reason not to go on, told to the user as one sentence. */
export class ApplyError extends Error {
  override readonly name = "ApplyError";
}
