/** What Prometheus reads of the API: how long calls take, and what was changed by them. */
import { Counter, Histogram, Registry } from "prom-client";

/** A counter of a kind's own, beside those that all kinds share. */
export interface OwnCounter {
  readonly name: string;
  readonly help: string;
}

export interface ApiMetrics {
  readonly registry: Registry;
  /** @param route as it is written in the API's description: addresses hold ids and tokens */
  called(method: string, route: string, status: number, ms: number): void;
  /** Counts a kind's changes to some statuses by counters of their own, too. To say so again changes nothing. */
  countOwn(kind: string, byStatus: Readonly<Record<string, OwnCounter | undefined>>): void;
  /** A record was made, or its status changed, and whoever asked for that is told so. */
  changed(kind: string, to: string): void;
  /** A call was turned away before anything was done for it. */
  turnedAway(): void;
  /** How many changes of each kind this process has acknowledged. */
  changesByKind(): Promise<ReadonlyMap<string, number>>;
}

/** From a call that is answered from memory to one that has waited for a service to its limit. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]);

export function makeApiMetrics(): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  const seconds = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long calls took, from their headers to their answer.",
    labelNames: ["method", "route", "status"],
    buckets: BUCKETS,
    registers,
  });
  const away = new Counter({
    name: "http_requests_turned_away_total",
    help: "Calls that were turned away because too many were under way; they are not among the durations.",
    registers,
  });
  const changes = new Counter({
    name: "status_changes_total",
    help: "Changes of status that the API has acknowledged, those by which a record was made among them.",
    labelNames: ["kind", "to"],
    registers,
  });
  const own = new Map<string, Counter>();
  return {
    registry,
    called: (method, route, status, ms) => {
      // Whoever calls chooses the method, and must not choose how many series there are.
      seconds.observe({ method: METHODS.has(method) ? method : "other", route, status }, ms / 1_000);
    },
    countOwn: (kind, byStatus) => {
      for (const [status, counter] of Object.entries(byStatus)) {
        const key = `${kind} ${status}`;
        if (counter !== undefined && !own.has(key)) own.set(key, new Counter({ ...counter, registers }));
      }
    },
    changed: (kind, to) => {
      changes.inc({ kind, to });
      own.get(`${kind} ${to}`)?.inc();
    },
    turnedAway: () => away.inc(),
    changesByKind: async () => {
      const counts = new Map<string, number>();
      for (const { labels, value } of (await changes.get()).values)
        counts.set(String(labels.kind), (counts.get(String(labels.kind)) ?? 0) + value);
      return counts;
    },
  };
}
