/** Takes resources away in the reverse of the order in which they depend on one another, one after the other. */
import type { Calls } from "./calls.ts";
import { ApplyError, type ResourceType } from "./resource-type.ts";
import type { State, StoredResource } from "./state.ts";
import { ResourceFailed, type Step } from "./steps.ts";

export interface RemovalParts {
  readonly types: readonly ResourceType[];
  readonly calls: Calls;
  readonly state: State;
  readonly isPreview: boolean;
  onStep(step: Step): void;
}

/** A failure leaves its resource, and all that come after it, in the state for the next run. */
export async function removeAll(resources: readonly StoredResource[], parts: RemovalParts): Promise<void> {
  for (const resource of dependentsFirst(resources)) {
    parts.onStep({ operation: "delete", type: resource.type, name: resource.name, changes: [] });
    if (!parts.isPreview) await removeOne(resource, parts);
  }
}

async function removeOne(resource: StoredResource, { types, calls, state }: RemovalParts): Promise<void> {
  try {
    const type = types.find((one) => one.type === resource.type);
    if (type === undefined) throw new ApplyError("the in-process apply does not know this type of resource.");
    await type.remove(resource.identity, calls);
    state.remove(resource.urn);
  } catch (error) {
    throw new ResourceFailed(resource, error);
  }
}

/** Whatever needs another comes before it. */
export function dependentsFirst(resources: readonly StoredResource[]): StoredResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const dependenciesFirst: StoredResource[] = [];
  const visited = new Set<string>();
  const visit = (resource: StoredResource) => {
    if (visited.has(resource.urn)) return;
    visited.add(resource.urn);
    for (const urn of resource.dependencies) {
      const dependency = byUrn.get(urn);
      if (dependency !== undefined) visit(dependency);
    }
    dependenciesFirst.push(resource);
  };
  for (const resource of resources) visit(resource);
  return dependenciesFirst.reverse();
}
