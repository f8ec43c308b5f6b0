import type { SQLOutputValue } from "node:sqlite";

/** Columns of our own tables, read with the type their schema promises. Anything else is a broken data file. */
export type Row = Record<string, SQLOutputValue>;

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`The column ${column} holds no number.`);
  return value;
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`The column ${column} holds no text.`);
  return value;
}

export function optionalNumber(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : numberOf(row, column);
}

export function optionalTextOf(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}
