/** Reads the properties of resources: what has not the type it should have is an error that names it. */
import { ApplyError } from "./resource-type.ts";
import { isProperties, type Properties, UNKNOWN, type Value } from "./values.ts";

export function textAt(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value !== "string") throw wrong(name, "a text", value);
  return value;
}

export function optionalTextAt(properties: Properties, name: string): string | undefined {
  return isAbsent(properties[name]) ? undefined : textAt(properties, name);
}

export function flagAt(properties: Properties, name: string): boolean {
  const value = properties[name];
  if (isAbsent(value)) return false;
  if (typeof value !== "boolean") throw wrong(name, "true or false", value);
  return value;
}

export function propertiesAt(properties: Properties, name: string): Properties {
  const value = properties[name];
  if (isAbsent(value)) return {};
  if (!isProperties(value)) throw wrong(name, "an object", value);
  return value;
}

export function objectsAt(properties: Properties, name: string): readonly Properties[] {
  return listAt(properties, name).map((one) => {
    if (!isProperties(one)) throw wrong(name, "a list of objects", one);
    return one;
  });
}

export function textsAt(properties: Properties, name: string): readonly string[] {
  return listAt(properties, name).map((one) => {
    if (typeof one !== "string") throw wrong(name, "a list of texts", one);
    return one;
  });
}

/** Some of the properties; one that is not there is null. */
export function pick(properties: Properties, ...names: string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, properties[name] ?? null]));
}

/** Texts by name, as tags are. */
export function textMapAt(properties: Properties, name: string): Record<string, string> {
  const map = propertiesAt(properties, name);
  return Object.fromEntries(Object.keys(map).map((key) => [key, textAt(map, key)]));
}

function listAt(properties: Properties, name: string): readonly Value[] {
  const value = properties[name];
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw wrong(name, "a list", value);
  return value;
}

function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function wrong(name: string, expected: string, value: Value | undefined): ApplyError {
  return new ApplyError(
    value === UNKNOWN ? `${name} is not known before the apply.` : `${name} must be ${expected}, not ${JSON.stringify(value)}.`,
  );
}
