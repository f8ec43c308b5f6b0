import type { PathService } from "./gateway.ts";
import type { Options } from "./options.ts";
import type { Service } from "./service.ts";
import type { Store } from "./store.ts";

/** Every table of the data file, service by service. */
export const SCHEMA: readonly string[] = [];

export interface Services {
  readonly named: readonly Service[];
  readonly s3: PathService & { readonly operations: readonly string[] };
}

/** Makes every service on one store. The order matters to none of them. */
export function createServices(store: Store, directory: string, options: Options): Services {
  void store;
  void directory;
  void options;
  return {
    named: [],
    s3: {
      operations: [],
      async handle(_request, response) {
        response.writeHead(501).end();
      },
    },
  };
}
