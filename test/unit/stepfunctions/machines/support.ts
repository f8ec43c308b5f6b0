import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../../../../local/errors.ts";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { MACHINE_SCHEMA, Machines } from "../../../../local/stepfunctions/machines/machines.ts";
import { openStore, type Store } from "../../../../local/store.ts";

export const ROLE = "arn:aws:iam::000000000000:role/runner";
export const PREFIX = "arn:aws:states:us-east-1:000000000000:stateMachine:";

/** State machines on a data file of their own. */
export interface Ground {
  store: Store;
  machines: Machines;
  call(operation: string, input?: JsonObject): Promise<JsonObject>;
  /** Creates a machine and gives its ARN. */
  create(name: string, more?: JsonObject): Promise<string>;
  /** Closes the store and opens it anew, as a restart does. */
  restart(): void;
  close(): void;
}

export function makeGround(random?: () => number): Ground {
  const directory = mkdtempSync(join(tmpdir(), "machines-"));
  const file = join(directory, "data.sqlite");
  const open = () => {
    ground.store = openStore(file, MACHINE_SCHEMA);
    ground.machines = new Machines(ground.store, random);
  };
  const store = openStore(file, MACHINE_SCHEMA);
  const ground: Ground = {
    store,
    machines: new Machines(store, random),
    async call(operation, input = {}) {
      const run = ground.machines.operations.get(operation);
      assert.ok(run !== undefined, `no operation ${operation}`);
      const signal = new AbortController().signal;
      return await run({ operation, input, region: "us-east-1", requestId: "r", origin: "http://127.0.0.1", signal });
    },
    async create(name, more = {}) {
      const answer = await ground.call("CreateStateMachine", { name, definition: definition(), roleArn: ROLE, ...more });
      return text(answer.stateMachineArn);
    },
    restart() {
      ground.store.close();
      open();
    },
    close() {
      ground.store.close();
      rmSync(directory, { recursive: true });
    },
  };
  return ground;
}

/** A definition that says which one it is. */
export function definition(comment = "first"): string {
  return JSON.stringify({ Comment: comment, StartAt: "S", States: { S: { Type: "Succeed" } } });
}

export function text(value: Json | undefined): string {
  assert.equal(typeof value, "string");
  return String(value);
}

/** Waits for the error of a call: its code and message. */
export async function refused(call: Promise<unknown>, code: string, message: string | RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, code);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}
