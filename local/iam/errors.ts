import { AwsError } from "../errors.ts";

/** IAM's errors, worded as AWS words them. */

export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntity", message, { status: 404 });
}

export function alreadyExists(message: string): AwsError {
  return new AwsError("EntityAlreadyExists", message, { status: 409 });
}

export function deleteConflict(message: string): AwsError {
  return new AwsError("DeleteConflict", message, { status: 409 });
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}

export function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", message);
}

/** `constraint` says what the member must be. */
export function validationError(member: string, value: string | undefined, constraint: string): AwsError {
  const where = value === undefined ? `Value at '${member}'` : `Value '${value}' at '${member}'`;
  return new AwsError("ValidationError", `1 validation error detected: ${where} failed to satisfy constraint: ${constraint}`);
}
