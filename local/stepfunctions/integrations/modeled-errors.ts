import type { Resource } from "../asl/resources.ts";

/** The errors that AWS's API models name, for which the SDKs have an exception each. All others are the service's general one. */
const ERRORS: Readonly<Record<Resource["service"], string>> = {
  sqs: `
    BatchEntryIdsNotDistinct BatchRequestTooLong EmptyBatchRequest InvalidAddress InvalidAttributeName InvalidAttributeValue
    InvalidBatchEntryId InvalidIdFormat InvalidMessageContents InvalidSecurity KmsAccessDenied KmsDisabled KmsInvalidKeyUsage
    KmsInvalidState KmsNotFound KmsOptInRequired KmsThrottled MessageNotInflight OverLimit PurgeQueueInProgress QueueDeletedRecently
    QueueDoesNotExist QueueNameExists ReceiptHandleIsInvalid RequestThrottled ResourceNotFoundException TooManyEntriesInBatchRequest
    UnsupportedOperation
  `,
  dynamodb: `
    BackupInUseException BackupNotFoundException ConditionalCheckFailedException ContinuousBackupsUnavailableException
    DuplicateItemException ExportConflictException ExportNotFoundException GlobalTableAlreadyExistsException
    GlobalTableNotFoundException IdempotentParameterMismatchException ImportConflictException ImportNotFoundException
    IndexNotFoundException InternalServerError InvalidExportTimeException InvalidRestoreTimeException
    ItemCollectionSizeLimitExceededException LimitExceededException PointInTimeRecoveryUnavailableException PolicyNotFoundException
    ProvisionedThroughputExceededException ReplicaAlreadyExistsException ReplicaNotFoundException ReplicatedWriteConflictException
    RequestLimitExceeded ResourceInUseException ResourceNotFoundException TableAlreadyExistsException TableInUseException
    TableNotFoundException ThrottlingException TransactionCanceledException TransactionConflictException
    TransactionInProgressException
  `,
  s3: `
    BucketAlreadyExists BucketAlreadyOwnedByYou EncryptionTypeMismatch IdempotencyParameterMismatch InvalidObjectState InvalidRequest
    InvalidWriteOffset NoSuchBucket NoSuchKey NoSuchUpload ObjectAlreadyInActiveTierError ObjectNotInActiveTierError TooManyParts
  `,
  states: `
    ActivityAlreadyExists ActivityDoesNotExist ActivityLimitExceeded ActivityWorkerLimitExceeded ConflictException
    ExecutionAlreadyExists ExecutionDoesNotExist ExecutionLimitExceeded ExecutionNotRedrivable InvalidArn InvalidDefinition
    InvalidEncryptionConfiguration InvalidExecutionInput InvalidLoggingConfiguration InvalidName InvalidOutput InvalidToken
    InvalidTracingConfiguration KmsAccessDeniedException KmsInvalidStateException KmsThrottlingException MissingRequiredParameter
    ResourceNotFound ServiceQuotaExceededException StateMachineAlreadyExists StateMachineDeleting StateMachineDoesNotExist
    StateMachineLimitExceeded StateMachineTypeNotSupported TaskDoesNotExist TaskTimedOut TooManyTags ValidationException
  `,
};

const MODELED: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ERRORS).map(([service, names]) => [service, new Set(names.trim().split(/\s+/))]),
);

export function isModeled(service: Resource["service"], code: string): boolean {
  return MODELED.get(service)?.has(code) === true;
}
