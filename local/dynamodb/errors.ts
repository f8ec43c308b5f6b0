import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";

export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** The prefix AWS puts before most complaints about a parameter. */
export function invalidParameter(message: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${message}`);
}

/** For JSON whose types do not fit the operation's shape; AWS reports those before it looks at any value. */
export function malformed(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

export function notFound(message = "Requested resource not found"): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

export function tableNotFound(name: string, code: string): AwsError {
  const reason = `Table: ${name} not found`;
  return code === "TableNotFoundException"
    ? new AwsError(code, `Table not found: ${name}`)
    : notFound(`Requested resource not found: ${reason}`);
}

export function inUse(message: string): AwsError {
  return new AwsError("ResourceInUseException", message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceededException", message);
}

/** `item` is what stood in the table, for callers that asked for it. */
export function conditionFailed(item: JsonObject | undefined): AwsError {
  const members: JsonObject = item === undefined ? {} : { Item: item };
  return new AwsError("ConditionalCheckFailedException", "The conditional request failed", { members });
}

export function keyMismatch(): AwsError {
  return invalid("The provided key element does not match the schema");
}
