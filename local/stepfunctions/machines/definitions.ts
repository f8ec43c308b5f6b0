import type { JsonObject } from "../../json.ts";
import type { Store } from "../../store.ts";
import type { Program } from "../asl/program.ts";
import { variableReferences } from "../asl/variable-references.ts";
import { Programs } from "./programs.ts";
import type { Settings } from "./settings.ts";

/** What a machine is to do, in one of its revisions. */
export interface Revision {
  text: string;
  roleArn: string;
  settings: Settings;
  /** Undefined for the revision a machine is created with. */
  revisionId: string | undefined;
}

export interface StoredRevision extends Revision {
  id: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

type Row = {
  id: number;
  text: string;
  role_arn: string;
  settings: string;
  revision_id: string | null;
  created_at: number;
};

/** How many roles are kept in memory. */
const ROLES_MAX = 1000;

/** The rows of definitions, which are written once and never changed, and the programs made from them. */
export class Definitions {
  readonly #store: Store;
  readonly #programs: Programs;
  /** The roles of the programs used last. */
  readonly #roles = new Map<number, string>();
  /** The first id written in the group of writes that is not committed yet. */
  #uncommitted = Number.POSITIVE_INFINITY;

  constructor(store: Store) {
    this.#store = store;
    this.#programs = new Programs((id) => this.find(id).text);
    store.onRollback(() => {
      this.#programs.forgetFrom(this.#uncommitted);
      this.#roles.clear();
    });
  }

  insert({ text, roleArn, settings, revisionId }: Revision): number {
    const now = Date.now();
    const { lastInsertRowid } = this.#store
      .sql("INSERT INTO sfn_definitions (text, role_arn, settings, revision_id, created_at) VALUES (?, ?, ?, ?, ?)")
      .run(text, roleArn, JSON.stringify(settings), revisionId ?? null, now);
    const id = Number(lastInsertRowid);
    this.#uncommitted = Math.min(this.#uncommitted, id);
    this.#store.afterCommit(() => {
      this.#uncommitted = Number.POSITIVE_INFINITY;
    });
    return id;
  }

  find(id: number): StoredRevision {
    const row = this.#store.sql("SELECT id, text, role_arn, settings, revision_id, created_at FROM sfn_definitions WHERE id = ?").get(id) as
      | Row
      | undefined;
    if (row === undefined) throw new Error(`There is no definition ${id}`);
    return {
      id,
      text: row.text,
      roleArn: row.role_arn,
      settings: JSON.parse(row.settings) as Settings,
      revisionId: row.revision_id ?? undefined,
      createdAt: row.created_at,
    };
  }

  /** The role alone: starting an execution needs no more, and a text may be long. */
  roleOf(id: number): string {
    const known = this.#roles.get(id);
    if (known !== undefined) return known;
    const row = this.#store.sql("SELECT role_arn FROM sfn_definitions WHERE id = ?").get(id) as { role_arn: string } | undefined;
    if (row === undefined) throw new Error(`There is no definition ${id}`);
    if (this.#roles.size >= ROLES_MAX) this.#roles.clear();
    this.#roles.set(id, row.role_arn);
    return row.role_arn;
  }

  program(id: number): Program {
    return this.#programs.get(id);
  }

  /** What DescribeStateMachine and DescribeStateMachineForExecution both say of a revision. */
  describe(revision: StoredRevision): JsonObject {
    const references = variableReferences(this.program(revision.id));
    return {
      definition: revision.text,
      roleArn: revision.roleArn,
      loggingConfiguration: revision.settings.logging,
      tracingConfiguration: revision.settings.tracing,
      encryptionConfiguration: revision.settings.encryption ?? { type: "AWS_OWNED_KEY" },
      ...(revision.revisionId === undefined ? {} : { revisionId: revision.revisionId }),
      ...(Object.keys(references).length === 0 ? {} : { variableReferences: references }),
    };
  }
}
