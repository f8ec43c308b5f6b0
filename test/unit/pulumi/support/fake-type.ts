import type { Calls } from "../../../../pulumi/apply/calls.ts";
import { pick } from "../../../../pulumi/apply/read-inputs.ts";
import type { ResourceType } from "../../../../pulumi/apply/resource-type.ts";
import type { Properties } from "../../../../pulumi/apply/values.ts";

/** A type of resource whose endpoint is a map, and that can be told to fail. */
export class FakeType implements ResourceType {
  readonly type = "aws:fake/thing:Thing";
  readonly inputs = ["name", "size", "colour", "tags"];
  readonly fixed = ["name", "size"];
  readonly isTagged = true;
  readonly there = new Map<string, Properties>();
  readonly done: string[] = [];
  failing: string | undefined;

  identify(inputs: Properties): Properties {
    return pick(inputs, "name");
  }

  wanted(inputs: Properties): Properties {
    return { size: 1, colour: null, tags: {}, ...inputs };
  }

  async read(identity: Properties) {
    const properties = this.there.get(String(identity.name));
    if (properties === undefined) return undefined;
    return { id: `id-${String(identity.name)}`, properties, outputs: { arn: `arn:${String(identity.name)}` } };
  }

  async create(wanted: Properties): Promise<void> {
    this.#do("create", wanted);
    this.there.set(String(wanted.name), wanted);
  }

  async update(wanted: Properties, _live: unknown, touched: ReadonlySet<string>): Promise<void> {
    this.#do(`update ${[...touched].join()} of`, wanted);
    this.there.set(String(wanted.name), wanted);
  }

  async remove(identity: Properties): Promise<void> {
    this.#do("remove", identity);
    this.there.delete(String(identity.name));
  }

  #do(what: string, { name }: Properties): void {
    if (this.failing === name) throw new Error("It is not to be.");
    this.done.push(`${what} ${String(name)}`);
  }
}

/** A fake calls nothing. */
export const NO_CALLS: Calls = new Proxy({} as Calls, {
  get: (_, service) => {
    throw new Error(`${String(service)} was called in a unit test.`);
  },
});
