import { AwsError } from "../../errors.ts";

/** The errors of state machines, in AWS's words. */

export function machineDoesNotExist(arn: string): AwsError {
  return new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
}

export function machineDeleting(arn: string): AwsError {
  return new AwsError("StateMachineDeleting", `State Machine is being deleted: '${arn}'`);
}

export function machineAlreadyExists(arn: string): AwsError {
  return new AwsError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
}

export function invalidArn(problem: string): AwsError {
  return new AwsError("InvalidArn", `Invalid Arn: '${problem}'`);
}

export function invalidToken(): AwsError {
  return new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}

export function conflict(message: string): AwsError {
  return new AwsError("ConflictException", message);
}

/** What aliases answer for something that is not there. */
export function resourceNotFound(): AwsError {
  return new AwsError("ResourceNotFound", "Request references a resource that does not exist.");
}
