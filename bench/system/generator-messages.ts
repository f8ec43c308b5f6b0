/** What the benchmark and its load generator, a process of its own, tell each other. */
import { z } from "zod";

export const jobSchema = z.object({
  url: z.string(),
  adminToken: z.string(),
  clients: z.int(),
  /** The records of each client, which nobody else changes. */
  recordsOfAClient: z.int(),
  changesOfARecord: z.int(),
});

export type Job = z.infer<typeof jobSchema>;

export const reportSchema = z.discriminatedUnion("phase", [
  /** The records are there, with their creation in their history. The generator waits for "go". */
  z.object({ phase: z.literal("prepared") }),
  /** The last entry is in the last record's history. */
  z.object({
    phase: z.literal("settled"),
    changes: z.int(),
    ms: z.number(),
    /** Until the last change was acknowledged. */
    acknowledgedMs: z.number(),
    cpuMs: z.number(),
    /** How often a record was read to see how far its history is. */
    reads: z.int(),
    patchMs: z.array(z.number()),
  }),
  /** Every acknowledged change was found in its record's history, once and in order, and nothing else. */
  z.object({ phase: z.literal("verified") }),
  z.object({ phase: z.literal("failed"), reason: z.string() }),
]);

export type Report = z.infer<typeof reportSchema>;
export type Settled = Extract<Report, { phase: "settled" }>;

export const GO = "go";
