/** The tables of IAM. Names of roles and policies differ by more than the case of their letters. */
export const IAM_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS iam_roles (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    trust TEXT NOT NULL,
    description TEXT NOT NULL,
    max_session INTEGER NOT NULL,
    boundary TEXT,
    created INTEGER NOT NULL,
    tags TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS iam_role_policies (
    role TEXT NOT NULL COLLATE NOCASE,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (role, name)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS iam_policies (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    arn TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT NOT NULL,
    default_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tags TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS iam_policy_versions (
    policy TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (policy, version)
  ) STRICT, WITHOUT ROWID`,
  // AWS's own policies may be attached though they are no rows here.
  `CREATE TABLE IF NOT EXISTS iam_attachments (
    role TEXT NOT NULL COLLATE NOCASE,
    policy TEXT NOT NULL,
    PRIMARY KEY (role, policy)
  ) STRICT, WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS iam_attachments_by_policy ON iam_attachments (policy, role)",
];
