/** Calls of the API's own operations, made from here as the administrator makes them from outside. */
import type { Answer, CallMark, Envelope, Operation } from "../operation.ts";

export interface WantedCall {
  readonly operation: string;
  readonly path?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly ifVersion?: number;
}

/** A Problem is thrown as the operation throws it. */
export async function callAsAdmin(
  operations: readonly Operation[],
  { mark, ...envelope }: Envelope & { readonly mark: CallMark },
  { operation: name, path = {}, query = {}, body, ifVersion }: WantedCall,
): Promise<Answer> {
  const operation = operations.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  const raw = { ...envelope, caller: { is: "admin" }, type: "application/json", path, query, body, ifVersion } as const;
  return operation.prepare(raw).run(mark);
}
