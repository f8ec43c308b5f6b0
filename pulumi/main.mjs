/**
 * What Pulumi loads: the program, in TypeScript, on whatever Node the Pulumi CLI finds. One that runs TypeScript itself is
 * left alone; for an older one each file is turned into JavaScript as it is read, which needs no build and leaves no files.
 */
import { register } from "node:module";

if (!process.features.typescript) register("./typescript-hook.mjs", import.meta.url);

const { default: program } = await import("./index.ts");

export default program;
