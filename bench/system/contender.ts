/** A request tracker that runs and can be measured: Milepost, or a peer that keeps the same HTTP contract. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly adminToken: string;
  /** Its processes by what they are, so that their CPU time and memory can be told apart. */
  readonly processes: readonly MeasuredProcess[];
  /** Ends its processes and removes what they left. */
  stop(): Promise<void>;
}

export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
  /** Whether its children are part of it, as PostgreSQL's sessions are. */
  readonly hasChildren?: true;
}

/** A contender, or the reason why it is not there. */
export type Entry = Contender | { readonly name: string; readonly absent: string };

export const ADMIN_TOKEN = "the-benchmarks-admin-token";
