/**
 * Loads what API and worker are made of, and ends. What Node compiled for that it keeps (NODE_COMPILE_CACHE), so that neither of
 * them has to take the types out of its sources, for which each would hold 16 MB for as long as it runs.
 */
await Promise.all([import("../api/main.ts"), import("../worker/main.ts")]);
process.exit(0);
