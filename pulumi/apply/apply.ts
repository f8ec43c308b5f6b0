/**
 * `up`, `preview` and `down` of a stack, in this process: what the Pulumi CLI does for the same program, for the resources
 * that Milepost uses on an endpoint of its own or LocalStack.
 *
 * Nothing is deleted before everything else has been done well; after a failure nothing is. The outputs are written last.
 */
import { rmSync } from "node:fs";
import { type Settings, stackDirectory } from "../../config/settings.ts";
import { Applier } from "./applier.ts";
import { makeCalls } from "./calls.ts";
import { run } from "./engine.ts";
import { lock } from "./lock.ts";
import { outputsFile } from "./outputs-file.ts";
import { RESOURCE_TYPES } from "./providers/index.ts";
import { assertReachable } from "./reachable.ts";
import { type RemovalParts, removeAll } from "./removal.ts";
import { State, writeWhole } from "./state.ts";
import { describeStep, ResourceFailed, reasonOf, type Step, summarise } from "./steps.ts";
import { type Properties, UNKNOWN } from "./values.ts";

export interface Task {
  readonly settings: Settings;
  readonly project: string;
  readonly stack: string;
  readonly program: () => unknown;
  say(line: string): void;
}

/** Whether all went well; what did not has been said. */
export type Done = boolean;

export async function up(task: Task): Promise<Done> {
  return underLock(task, (directory) => applyProgram(task, directory, false));
}

export async function preview(task: Task): Promise<Done> {
  await assertReachable(task.settings);
  return applyProgram(task, stackDirectory(task.settings), true);
}

export async function down(task: Omit<Task, "program">): Promise<Done> {
  return underLock(task, async (directory) => {
    const state = State.open(directory);
    const isDone = await withCalls(task, state, false, (parts) => removeAll(state.resources, parts));
    if (isDone) rmSync(outputsFile(task.settings), { force: true });
    return isDone;
  });
}

async function underLock({ settings }: Pick<Task, "settings">, work: (directory: string) => Promise<Done>): Promise<Done> {
  const directory = stackDirectory(settings);
  const unlock = lock(directory);
  try {
    await assertReachable(settings);
    return await work(directory);
  } finally {
    unlock();
  }
}

async function applyProgram(task: Task, directory: string, isPreview: boolean): Promise<Done> {
  const state = State.open(directory);
  return withCalls(task, state, isPreview, async (parts) => {
    const applier = new Applier(parts);
    const told = new Set<string>();
    const outputs = await run({
      project: task.project,
      stack: task.stack,
      isPreview,
      config: configOf(task),
      program: task.program,
      onMessage: task.say,
      register: async (registration) => {
        told.add(registration.urn);
        try {
          return await applier.register(registration);
        } catch (error) {
          throw new ResourceFailed(registration, error);
        }
      },
    });
    await removeStale(told, applier, parts);
    if (!isPreview) writeWhole(outputsFile(task.settings), outputs);
    sayOutputs(task, outputs);
  });
}

/** What the stack has made and the program no longer has goes; what it has under another URN by now only leaves the old one. */
async function removeStale(told: ReadonlySet<string>, applier: Applier, parts: RemovalParts): Promise<void> {
  const untold = parts.state.resources.filter(({ urn }) => !told.has(urn));
  const [moved, stale] = partition(untold, ({ type, identity }) => applier.isTold(type, identity));
  if (!parts.isPreview) for (const { urn } of moved) parts.state.remove(urn);
  await removeAll(stale, parts);
}

function partition<One>(all: readonly One[], isFirst: (one: One) => boolean): [One[], One[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

async function withCalls(
  { settings, say }: Omit<Task, "program">,
  state: State,
  isPreview: boolean,
  work: (parts: RemovalParts) => Promise<void>,
): Promise<Done> {
  const calls = makeCalls(settings);
  const steps: Step[] = [];
  const onStep = (step: Step) => {
    steps.push(step);
    const line = describeStep(step);
    if (line !== undefined) say(line);
  };
  try {
    await work({ types: RESOURCE_TYPES, calls, state, isPreview, onStep });
    say(summarise(steps, isPreview));
    return true;
  } catch (error) {
    say(`error: ${reasonOf(error)}`);
    const hasDeleted = !isPreview && steps.some(({ operation }) => operation === "delete");
    say(
      hasDeleted
        ? "Not all was done. The next run goes on from here."
        : "Not all was done. Nothing was deleted. The next run goes on from here.",
    );
    return false;
  } finally {
    calls.destroy();
  }
}

/** The program is told the address as the Pulumi CLI tells it: by the stack's config. */
function configOf({ settings, project }: Task): Record<string, string> {
  const { all } = settings.endpoints;
  return { "aws:region": settings.region, ...(all !== undefined && { [`${project}:localstack_endpoint`]: all }) };
}

function sayOutputs({ say }: Task, outputs: Properties): void {
  if (Object.keys(outputs).length === 0) return;
  say("Outputs:");
  for (const [name, value] of Object.entries(outputs)) say(`  ${name}: ${JSON.stringify(value).replaceAll(`"${UNKNOWN}"`, "[unknown]")}`);
}
