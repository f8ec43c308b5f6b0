/**
 * How the members of S3's API travel in a request and come back in an answer, for the operations that callers inside the
 * endpoint may make by name. Each list is `member=carrier`, as in AWS's API model.
 */

function carriers(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((entry): [string, string] => [entry.replace(/=.*/, ""), entry.replace(/.*=/, "")]),
  );
}

export const QUERY_MEMBERS = carriers(`
  BucketRegion=bucket-region ContinuationToken=continuation-token Delimiter=delimiter EncodingType=encoding-type
  FetchOwner=fetch-owner Marker=marker MaxBuckets=max-buckets MaxKeys=max-keys PartNumber=partNumber Prefix=prefix
  ResponseCacheControl=response-cache-control ResponseContentDisposition=response-content-disposition
  ResponseContentEncoding=response-content-encoding ResponseContentLanguage=response-content-language
  ResponseContentType=response-content-type ResponseExpires=response-expires StartAfter=start-after VersionId=versionId
`);

export const HEADER_MEMBERS = carriers(`
  ACL=x-amz-acl BucketKeyEnabled=x-amz-server-side-encryption-bucket-key-enabled
  BypassGovernanceRetention=x-amz-bypass-governance-retention CacheControl=cache-control
  ChecksumAlgorithm=x-amz-sdk-checksum-algorithm ChecksumCRC32=x-amz-checksum-crc32 ChecksumCRC32C=x-amz-checksum-crc32c
  ChecksumCRC64NVME=x-amz-checksum-crc64nvme ChecksumMode=x-amz-checksum-mode ChecksumSHA1=x-amz-checksum-sha1
  ChecksumSHA256=x-amz-checksum-sha256 ContentDisposition=content-disposition ContentEncoding=content-encoding
  ContentLanguage=content-language ContentMD5=content-md5 ContentType=content-type CopySource=x-amz-copy-source
  CopySourceIfMatch=x-amz-copy-source-if-match CopySourceIfModifiedSince=x-amz-copy-source-if-modified-since
  CopySourceIfNoneMatch=x-amz-copy-source-if-none-match CopySourceIfUnmodifiedSince=x-amz-copy-source-if-unmodified-since
  ExpectedBucketOwner=x-amz-expected-bucket-owner ExpectedSourceBucketOwner=x-amz-source-expected-bucket-owner Expires=expires
  GrantFullControl=x-amz-grant-full-control GrantRead=x-amz-grant-read GrantReadACP=x-amz-grant-read-acp
  GrantWrite=x-amz-grant-write GrantWriteACP=x-amz-grant-write-acp IfMatch=if-match
  IfMatchLastModifiedTime=x-amz-if-match-last-modified-time IfMatchSize=x-amz-if-match-size
  IfModifiedSince=if-modified-since IfNoneMatch=if-none-match IfUnmodifiedSince=if-unmodified-since MFA=x-amz-mfa
  MetadataDirective=x-amz-metadata-directive ObjectLockEnabledForBucket=x-amz-bucket-object-lock-enabled
  ObjectLockLegalHoldStatus=x-amz-object-lock-legal-hold ObjectLockMode=x-amz-object-lock-mode
  ObjectLockRetainUntilDate=x-amz-object-lock-retain-until-date ObjectOwnership=x-amz-object-ownership Range=range
  RequestPayer=x-amz-request-payer SSECustomerAlgorithm=x-amz-server-side-encryption-customer-algorithm
  SSECustomerKey=x-amz-server-side-encryption-customer-key SSECustomerKeyMD5=x-amz-server-side-encryption-customer-key-md5
  SSEKMSEncryptionContext=x-amz-server-side-encryption-context SSEKMSKeyId=x-amz-server-side-encryption-aws-kms-key-id
  ServerSideEncryption=x-amz-server-side-encryption StorageClass=x-amz-storage-class Tagging=x-amz-tagging
  TaggingDirective=x-amz-tagging-directive WebsiteRedirectLocation=x-amz-website-redirect-location
`);

/** Members that a Task state gives as ISO texts and a header as an HTTP date. */
export const MOMENT_MEMBERS: ReadonlySet<string> = new Set(
  "CopySourceIfModifiedSince CopySourceIfUnmodifiedSince Expires IfModifiedSince IfUnmodifiedSince".split(" "),
);

/** What the headers of an answer about an object tell, by header. */
export const OBJECT_RESULTS = carriers(`
  accept-ranges=AcceptRanges cache-control=CacheControl content-disposition=ContentDisposition content-encoding=ContentEncoding
  content-language=ContentLanguage content-range=ContentRange content-type=ContentType etag=ETag expires=Expires
  last-modified=LastModified x-amz-checksum-crc32=ChecksumCRC32 x-amz-checksum-crc32c=ChecksumCRC32C
  x-amz-checksum-crc64nvme=ChecksumCRC64NVME x-amz-checksum-sha1=ChecksumSHA1 x-amz-checksum-sha256=ChecksumSHA256
  x-amz-checksum-type=ChecksumType x-amz-mp-parts-count=PartsCount x-amz-server-side-encryption=ServerSideEncryption
  x-amz-storage-class=StorageClass x-amz-tagging-count=TagCount x-amz-version-id=VersionId
  x-amz-website-redirect-location=WebsiteRedirectLocation
`);

/** What the headers of an answer about a bucket tell. */
export const BUCKET_RESULTS = carriers(`
  location=Location x-amz-access-point-alias=AccessPointAlias x-amz-bucket-arn=BucketArn x-amz-bucket-region=BucketRegion
`);
