import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { endpointSecret } from "../credentials.ts";
import { AwsError } from "../errors.ts";
import type { RequestContext } from "../gateway.ts";
import type { Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { sendAnswer, sendError } from "./answer.ts";
import { Blobs } from "./blobs.ts";
import { checkExpectedOwner } from "./buckets.ts";
import { Catalog, type S3State } from "./catalog.ts";
import { s3Error } from "./errors.ts";
import { namedOperations } from "./named-operations.ts";
import { findOperation, S3_OPERATIONS } from "./operations.ts";
import { authorize } from "./presigned.ts";
import { parseS3Request } from "./request.ts";

export { S3_SCHEMA } from "./schema.ts";

export interface S3 {
  /** The names of the operations covered. */
  readonly operations: readonly string[];
  /** Those that callers inside the endpoint may make by name. */
  readonly named: ReadonlyMap<string, Operation>;
  handle(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void>;
  /** Ends what runs beside the requests; the store is closed afterwards. */
  stop(): void;
}

export interface S3Options {
  /** The secret that presigned addresses are signed with. */
  readonly secret?: string;
  readonly clock?: () => number;
}

/** S3's REST protocol over the store's rows and the files under `<directory>/objects`. */
export function createS3(store: Store, directory: string, options: S3Options = {}): S3 {
  const secret = options.secret ?? endpointSecret();
  const clock = options.clock ?? Date.now;
  const blobs = new Blobs(store, join(directory, "objects"));
  const state: S3State = { store, catalog: new Catalog(store), blobs };
  blobs.sweep().catch((error: unknown) => console.error("Left-over files of objects could not be swept:", error));

  async function handle(message: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
    const bodiless = message.method === "HEAD";
    try {
      const request = parseS3Request(message, context, clock());
      authorize(request, secret);
      checkExpectedOwner(request);
      const answer = await findOperation(request)(state);
      await sendAnswer(response, answer, context.requestId, blobs, bodiless);
    } catch (error) {
      // A caller that hung up needs no answer, and an answer that has begun cannot be made an error any more.
      if (response.destroyed || response.headersSent) response.destroy();
      else sendError(response, asS3Error(error, `S3 ${message.method} ${message.url}`), context.requestId, bodiless);
      // Many callers read the answer only when they have sent all of their body, so what is left of it must be taken.
      message.resume();
    }
  }

  return { operations: S3_OPERATIONS, named: namedOperations(state, clock), handle, stop: () => blobs.stop() };
}

function asS3Error(error: unknown, where: string): AwsError {
  if (error instanceof AwsError) return error;
  console.error(`${where} failed inside the endpoint:`, error);
  return s3Error(500, "InternalError", "We encountered an internal error. Please try again.");
}
