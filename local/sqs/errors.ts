import { AwsError } from "../errors.ts";

/** The errors of SQS as AWS words them. The older code of each is what the query protocol and batch entries show. */

function sqsError(code: string, message: string, queryCode = code, status = 400): AwsError {
  return new AwsError(code, message, { queryCode, status });
}

export function invalidParameter(message: string): AwsError {
  return sqsError("InvalidParameterValueException", message, "InvalidParameterValue");
}

export function invalidValue(value: unknown, parameter: string, reason: string): AwsError {
  return invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

export function missingParameter(name: string): AwsError {
  return sqsError("MissingRequiredParameterException", `The request must contain the parameter ${name}.`, "MissingParameter");
}

/** A member whose JSON type is not the one AWS declares. */
export function wrongType(name: string, expected: string): AwsError {
  return sqsError("SerializationException", `The parameter ${name} can not be converted to ${expected}.`, "MalformedInput");
}

export function queueDoesNotExist(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.", {
    queryCode: "AWS.SimpleQueueService.NonExistentQueue",
    queryMessage: "The specified queue does not exist for this wsdl version.",
  });
}

export function queueNameExists(attribute: string): AwsError {
  return sqsError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    "QueueAlreadyExists",
  );
}

export function invalidAttributeName(message: string): AwsError {
  return sqsError("InvalidAttributeName", message);
}

export function unknownAttribute(name: string): AwsError {
  return invalidAttributeName(`Unknown Attribute ${name}.`);
}

export function invalidAttributeValue(name: string, reason?: string): AwsError {
  return sqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.${reason === undefined ? "" : ` Reason: ${reason}`}`);
}

export function invalidMessageContents(): AwsError {
  return sqsError(
    "InvalidMessageContents",
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
  );
}

export function purgeQueueInProgress(name: string): AwsError {
  const message = `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`;
  return sqsError("PurgeQueueInProgress", message, "AWS.SimpleQueueService.PurgeQueueInProgress", 403);
}

export function overLimit(): AwsError {
  return sqsError("OverLimit", "Too many messages in flight: the queue has reached its limit of 120000.", "OverLimit", 403);
}

export function receiptHandleIsInvalid(handle: string): AwsError {
  return sqsError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
}

export function receiptHandleHasExpired(handle: string): AwsError {
  return invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.");
}

export function notAvailableForVisibility(handle: string): AwsError {
  return invalidValue(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.");
}

export function emptyBatchRequest(entry: string): AwsError {
  const message = `There should be at least one ${entry} in the request.`;
  return sqsError("EmptyBatchRequest", message, "AWS.SimpleQueueService.EmptyBatchRequest");
}

export function tooManyEntries(sent: number): AwsError {
  const message = `Maximum number of entries per request are 10. You have sent ${sent}.`;
  return sqsError("TooManyEntriesInBatchRequest", message, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest");
}

export function batchEntryIdsNotDistinct(id: string): AwsError {
  return sqsError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct");
}

export function invalidBatchEntryId(): AwsError {
  const message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
  return sqsError("InvalidBatchEntryId", message, "AWS.SimpleQueueService.InvalidBatchEntryId");
}

export function batchRequestTooLong(limit: number, sent: number): AwsError {
  const message = `Batch requests cannot be longer than ${limit} bytes. You have sent ${sent} bytes.`;
  return sqsError("BatchRequestTooLong", message, "AWS.SimpleQueueService.BatchRequestTooLong");
}

export function resourceNotFound(message: string): AwsError {
  return sqsError("ResourceNotFoundException", message, "ResourceNotFoundException", 404);
}
