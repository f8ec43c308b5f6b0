import { KINDS } from "../../../config/kinds.ts";
import { asVariables, OUTPUTS, readOutputs } from "../../../config/outputs.ts";
import { products } from "../../../domain/products.ts";
import { tasks } from "../../../domain/tasks.ts";
import { newOrdersGround } from "./orders.ts";
import { type AnyGround, newGround } from "./worker.ts";

/** What an API works with that serves every kind: the grounds of all of them as one. */
export interface WholeGround extends AnyGround {
  drop(): Promise<void>;
}

export async function newWholeGround(variables: Record<string, string> = {}): Promise<WholeGround> {
  const grounds = [await newGround(variables), await newGround(variables, products), await newGround(variables, tasks)];
  const orders = await newOrdersGround(variables);
  const all = [...grounds, orders];
  const outputs = readOutputs(
    {},
    Object.fromEntries(
      OUTPUTS.map((output) => [output, all.map((one) => one.outputs[output]).find((name) => !name.startsWith("of a kind"))]),
    ),
  );
  return {
    outputs,
    stateMachineArn: orders.stateMachineArn,
    environment: { ...orders.environment, MILEPOST_KINDS: KINDS.join(","), ...asVariables(outputs) },
    drop: async () => {
      for (const ground of all) await ground.drop();
    },
  };
}
