import type { Resource } from "./resources.ts";

/**
 * The operations that `aws-sdk:` covers, service by service, and the parameters each takes: those of AWS's API models, spelled as
 * Task states spell them (see spelling.ts).
 */
const PARAMETERS: Readonly<Record<Resource["service"], Readonly<Record<string, string>>>> = {
  sqs: {
    addPermission: "AwsAccountIds Actions Label QueueUrl",
    cancelMessageMoveTask: "TaskHandle",
    changeMessageVisibility: "QueueUrl ReceiptHandle VisibilityTimeout",
    changeMessageVisibilityBatch: "Entries QueueUrl",
    createQueue: "Attributes QueueName Tags",
    deleteMessage: "QueueUrl ReceiptHandle",
    deleteMessageBatch: "Entries QueueUrl",
    deleteQueue: "QueueUrl",
    getQueueAttributes: "AttributeNames QueueUrl",
    getQueueUrl: "QueueName QueueOwnerAWSAccountId",
    listDeadLetterSourceQueues: "MaxResults NextToken QueueUrl",
    listMessageMoveTasks: "MaxResults SourceArn",
    listQueueTags: "QueueUrl",
    listQueues: "MaxResults NextToken QueueNamePrefix",
    purgeQueue: "QueueUrl",
    receiveMessage:
      "AttributeNames MaxNumberOfMessages MessageAttributeNames MessageSystemAttributeNames QueueUrl ReceiveRequestAttemptId VisibilityTimeout WaitTimeSeconds",
    removePermission: "Label QueueUrl",
    sendMessage: "DelaySeconds MessageAttributes MessageBody MessageDeduplicationId MessageGroupId MessageSystemAttributes QueueUrl",
    sendMessageBatch: "Entries QueueUrl",
    setQueueAttributes: "Attributes QueueUrl",
    startMessageMoveTask: "DestinationArn MaxNumberOfMessagesPerSecond SourceArn",
    tagQueue: "QueueUrl Tags",
    untagQueue: "QueueUrl TagKeys",
  },
  dynamodb: {
    batchGetItem: "RequestItems ReturnConsumedCapacity",
    batchWriteItem: "RequestItems ReturnConsumedCapacity ReturnItemCollectionMetrics",
    createTable:
      "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes GlobalTableSettingsReplicationMode GlobalTableSourceArn KeySchema LocalSecondaryIndexes OnDemandThroughput ProvisionedThroughput ResourcePolicy SseSpecification StreamSpecification TableClass TableName Tags WarmThroughput",
    deleteItem:
      "ConditionExpression ConditionalOperator Expected ExpressionAttributeNames ExpressionAttributeValues Key ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValues ReturnValuesOnConditionCheckFailure TableName",
    deleteTable: "TableName",
    describeContinuousBackups: "TableName",
    describeEndpoints: "",
    describeLimits: "",
    describeTable: "TableName",
    describeTimeToLive: "TableName",
    getItem: "AttributesToGet ConsistentRead ExpressionAttributeNames Key ProjectionExpression ReturnConsumedCapacity TableName",
    listTables: "ExclusiveStartTableName Limit",
    listTagsOfResource: "NextToken ResourceArn",
    putItem:
      "ConditionExpression ConditionalOperator Expected ExpressionAttributeNames ExpressionAttributeValues Item ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValues ReturnValuesOnConditionCheckFailure TableName",
    query:
      "AttributesToGet ConditionalOperator ConsistentRead ExclusiveStartKey ExpressionAttributeNames ExpressionAttributeValues FilterExpression IndexName KeyConditionExpression KeyConditions Limit ProjectionExpression QueryFilter ReturnConsumedCapacity ScanIndexForward Select TableName",
    scan: "AttributesToGet ConditionalOperator ConsistentRead ExclusiveStartKey ExpressionAttributeNames ExpressionAttributeValues FilterExpression IndexName Limit ProjectionExpression ReturnConsumedCapacity ScanFilter Segment Select TableName TotalSegments",
    tagResource: "ResourceArn Tags",
    transactGetItems: "ReturnConsumedCapacity TransactItems",
    transactWriteItems: "ClientRequestToken ReturnConsumedCapacity ReturnItemCollectionMetrics TransactItems",
    untagResource: "ResourceArn TagKeys",
    updateContinuousBackups: "PointInTimeRecoverySpecification TableName",
    updateItem:
      "AttributeUpdates ConditionExpression ConditionalOperator Expected ExpressionAttributeNames ExpressionAttributeValues Key ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValues ReturnValuesOnConditionCheckFailure TableName UpdateExpression",
    updateTable:
      "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexUpdates GlobalTableSettingsReplicationMode GlobalTableWitnessUpdates MultiRegionConsistency OnDemandThroughput ProvisionedThroughput ReplicaUpdates SseSpecification StreamSpecification TableClass TableName WarmThroughput",
    updateTimeToLive: "TableName TimeToLiveSpecification",
  },
  s3: {
    copyObject:
      "Acl Bucket BucketKeyEnabled CacheControl ChecksumAlgorithm ContentDisposition ContentEncoding ContentLanguage ContentType CopySource CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch CopySourceIfUnmodifiedSince ExpectedBucketOwner ExpectedSourceBucketOwner Expires GrantFullControl GrantRead GrantReadACP GrantWriteACP IfMatch IfNoneMatch Key Metadata MetadataDirective ObjectLockLegalHoldStatus ObjectLockMode ObjectLockRetainUntilDate RequestPayer ServerSideEncryption SseCustomerAlgorithm SseCustomerKey SseCustomerKeyMD5 SsekmsEncryptionContext SsekmsKeyId StorageClass Tagging TaggingDirective WebsiteRedirectLocation",
    createBucket:
      "Acl Bucket CreateBucketConfiguration GrantFullControl GrantRead GrantReadACP GrantWrite GrantWriteACP ObjectLockEnabledForBucket ObjectOwnership",
    deleteBucket: "Bucket ExpectedBucketOwner",
    deleteObject:
      "Bucket BypassGovernanceRetention ExpectedBucketOwner IfMatch IfMatchLastModifiedTime IfMatchSize Key Mfa RequestPayer VersionId",
    deleteObjects: "Bucket BypassGovernanceRetention ChecksumAlgorithm Delete ExpectedBucketOwner Mfa RequestPayer",
    getObject:
      "Bucket ChecksumMode ExpectedBucketOwner IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince Key PartNumber Range RequestPayer ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires SseCustomerAlgorithm SseCustomerKey SseCustomerKeyMD5 VersionId",
    headBucket: "Bucket ExpectedBucketOwner",
    headObject:
      "Bucket ChecksumMode ExpectedBucketOwner IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince Key PartNumber Range RequestPayer ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires SseCustomerAlgorithm SseCustomerKey SseCustomerKeyMD5 VersionId",
    listBuckets: "BucketRegion ContinuationToken MaxBuckets Prefix",
    listObjects: "Bucket Delimiter EncodingType ExpectedBucketOwner Marker MaxKeys OptionalObjectAttributes Prefix RequestPayer",
    listObjectsV2:
      "Bucket ContinuationToken Delimiter EncodingType ExpectedBucketOwner FetchOwner MaxKeys OptionalObjectAttributes Prefix RequestPayer StartAfter",
    putObject:
      "Acl Body Bucket BucketKeyEnabled CacheControl ChecksumAlgorithm ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ContentDisposition ContentEncoding ContentLanguage ContentLength ContentMD5 ContentType ExpectedBucketOwner Expires GrantFullControl GrantRead GrantReadACP GrantWriteACP IfMatch IfNoneMatch Key Metadata ObjectLockLegalHoldStatus ObjectLockMode ObjectLockRetainUntilDate RequestPayer ServerSideEncryption SseCustomerAlgorithm SseCustomerKey SseCustomerKeyMD5 SsekmsEncryptionContext SsekmsKeyId StorageClass Tagging WebsiteRedirectLocation WriteOffsetBytes",
  },
  states: {
    createStateMachine:
      "Definition EncryptionConfiguration LoggingConfiguration Name Publish RoleArn Tags TracingConfiguration Type VersionDescription",
    createStateMachineAlias: "Description Name RoutingConfiguration",
    deleteStateMachine: "StateMachineArn",
    deleteStateMachineAlias: "StateMachineAliasArn",
    deleteStateMachineVersion: "StateMachineVersionArn",
    describeExecution: "ExecutionArn IncludedData",
    describeStateMachine: "IncludedData StateMachineArn",
    describeStateMachineAlias: "StateMachineAliasArn",
    describeStateMachineForExecution: "ExecutionArn IncludedData",
    getExecutionHistory: "ExecutionArn IncludeExecutionData MaxResults NextToken ReverseOrder",
    listExecutions: "MapRunArn MaxResults NextToken RedriveFilter StateMachineArn StatusFilter",
    listStateMachineAliases: "MaxResults NextToken StateMachineArn",
    listStateMachineVersions: "MaxResults NextToken StateMachineArn",
    listStateMachines: "MaxResults NextToken",
    listTagsForResource: "ResourceArn",
    publishStateMachineVersion: "Description RevisionId StateMachineArn",
    redriveExecution: "ClientToken ExecutionArn",
    sendTaskFailure: "Cause Error TaskToken",
    sendTaskHeartbeat: "TaskToken",
    sendTaskSuccess: "Output TaskToken",
    startExecution: "Input Name StateMachineArn TraceHeader",
    stopExecution: "Cause Error ExecutionArn",
    tagResource: "ResourceArn Tags",
    untagResource: "ResourceArn TagKeys",
    updateStateMachine:
      "Definition EncryptionConfiguration LoggingConfiguration Publish RoleArn StateMachineArn TracingConfiguration VersionDescription",
    updateStateMachineAlias: "Description RoutingConfiguration StateMachineAliasArn",
    validateStateMachineDefinition: "Definition MaxResults Severity Type",
  },
};

type Parameters = ReadonlySet<string>;

/** By service and operation; an operation that is not here is not covered. */
export const SDK_OPERATIONS: ReadonlyMap<string, ReadonlyMap<string, Parameters>> = new Map(
  Object.entries(PARAMETERS).map(([service, operations]) => [
    service,
    new Map(Object.entries(operations).map(([operation, names]): [string, Parameters] => [operation, new Set(names.split(" "))])),
  ]),
);
