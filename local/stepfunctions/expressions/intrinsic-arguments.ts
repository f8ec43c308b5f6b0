import { isObject, type Json, type JsonObject } from "../../json.ts";

/** An intrinsic function cannot work with its arguments; the message is what AWS says after the function's text. */
export class IntrinsicProblem extends Error {
  override readonly name = "IntrinsicProblem";
}

/** AWS's limit for the functions that work through a whole text. */
const TEXT_MAX = 10_000;

/**
 * The arguments of one call, checked as they are taken: the wrong type or number of them is AWS's
 * "Invalid arguments in States.X".
 */
export class Arguments {
  readonly #name: string;
  readonly #values: readonly Json[];

  constructor(name: string, values: readonly Json[]) {
    this.#name = name;
    this.#values = values;
  }

  get all(): readonly Json[] {
    return this.#values;
  }

  count(least: number, most = least): void {
    if (this.#values.length < least || this.#values.length > most) this.refuse();
  }

  value(position: number): Json {
    return this.#values[position] ?? null;
  }

  array(position: number): Json[] {
    const value = this.value(position);
    return Array.isArray(value) ? value : this.refuse();
  }

  object(position: number): JsonObject {
    const value = this.value(position);
    return isObject(value) ? value : this.refuse();
  }

  text(position: number): string {
    const value = this.value(position);
    return typeof value === "string" ? value : this.refuse();
  }

  limitedText(position: number): string {
    return this.limited(this.text(position));
  }

  limited(text: string): string {
    return text.length > TEXT_MAX ? this.refuse() : text;
  }

  number(position: number): number {
    const value = this.value(position);
    return typeof value === "number" ? value : this.refuse();
  }

  /** AWS's guide says that fractions are rounded; in fact only States.MathAdd does so, all others cut them off. */
  whole(position: number): number {
    return Math.trunc(this.number(position)) || 0;
  }

  refuse(detail = ""): never {
    throw new IntrinsicProblem(`Invalid arguments in ${this.#name}${detail}`);
  }
}
