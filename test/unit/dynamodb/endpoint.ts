import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDynamoDb, type DynamoDb } from "../../../local/dynamodb/dynamodb.ts";
import { DYNAMODB_SCHEMA } from "../../../local/dynamodb/schema.ts";
import { AwsError } from "../../../local/errors.ts";
import type { JsonObject } from "../../../local/json.ts";
import { openStore, type Store } from "../../../local/store.ts";

export const REGION = "us-east-1";

/** DynamoDB on a data file of its own, called without a network. */
export class TestEndpoint {
  readonly directory = mkdtempSync(join(tmpdir(), "ddb-"));
  now = 1_800_000_000_000;
  store: Store;
  db: DynamoDb;

  constructor() {
    this.store = this.#open();
    this.db = createDynamoDb(this.store, () => this.now);
  }

  #open(): Store {
    return openStore(join(this.directory, "data.sqlite"), DYNAMODB_SCHEMA);
  }

  restart(): void {
    this.db.stop?.();
    this.store.close();
    this.#reopen();
  }

  #reopen(): void {
    this.store = this.#open();
    this.db = createDynamoDb(this.store, () => this.now);
  }

  /** Leaves the data file to another process for a while. */
  async whileClosed(work: (directory: string) => Promise<void>): Promise<void> {
    this.db.stop?.();
    this.store.close();
    await work(this.directory);
    this.#reopen();
  }

  async call(operation: string, input: JsonObject, region = REGION): Promise<JsonObject> {
    const run = this.db.operations.get(operation);
    assert.ok(run !== undefined, `no operation ${operation}`);
    const signal = new AbortController().signal;
    return run({ operation, input, region, requestId: "test", origin: "http://127.0.0.1:4566", signal });
  }

  /** The error a call is answered with. */
  async refused(operation: string, input: JsonObject, region = REGION): Promise<AwsError> {
    try {
      await this.call(operation, input, region);
    } catch (error) {
      assert.ok(error instanceof AwsError, String(error));
      return error;
    }
    return assert.fail(`${operation} was not refused`);
  }

  close(): void {
    this.db.stop?.();
    this.store.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** A table keyed by `id`, and with `range` also by that. */
export function tableInput(name: string, range?: string, more: JsonObject = {}): JsonObject {
  const keys = range === undefined ? ["id"] : ["id", range];
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: "S" })),
    KeySchema: keys.map((key, position) => ({ AttributeName: key, KeyType: position === 0 ? "HASH" : "RANGE" })),
    ...more,
  };
}
