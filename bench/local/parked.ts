import { setTimeout as sleep } from "node:timers/promises";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { makeClients } from "../../test/support/clients.ts";
import { EndpointProcess } from "../../test/support/endpoint-process.ts";
import { type Ground, startExecution } from "../../test/support/flow.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { cpuMs, residentMb, spread } from "../support/measures.ts";
import { alternate, newGround, warmGround } from "./alternate.ts";

const PARKED = Number(process.env.MILEPOST_BENCH_PARKED ?? 100_000);
const STARTS_AT_ONCE = 64;
const POLLS = 100;
const IDLE_SECONDS = 30;

/** Executions that wait on a token, each with its message, its heartbeat and its timeout: what they cost while they wait. */
export async function benchParked(): Promise<void> {
  const directories = [benchDirectory(), benchDirectory()] as const;
  const plain = await EndpointProcess.start(directories[0]);
  const laden = await EndpointProcess.start(directories[1]);
  try {
    await park(await newGround(laden.url));
    const afterParking = residentMb(laden.pid);
    await laden.kill();
    const restart = await laden.start();
    const afterRestart = residentMb(laden.pid);
    const idle = await idleShare(laden);
    const rates = await alternate(await warmGround(plain.url), await warmGround(laden.url));
    console.log(`\n${PARKED} executions parked on a token, each with a message, a heartbeat and a timeout\n`);
    console.log(
      `resident memory: ${mb(afterParking)} after parking, ${mb(afterRestart)} after a restart, ${mb(residentMb(laden.pid))} after the flow`,
    );
    console.log(`kill -9 to ready again: ${(restart / 1000).toFixed(2)} s`);
    console.log(`idle with ${POLLS} waiting polls and their timers: ${(idle * 100).toFixed(2)} % of a core over ${IDLE_SECONDS} s`);
    console.log(
      `the flow: ${spread(rates.laden)} changes/s, with none parked ${spread(rates.plain)}: ${rates.ratio.toFixed(2)} × the rate`,
    );
  } finally {
    await plain.stop();
    await laden.stop();
    for (const directory of directories) removeDirectory(directory);
  }
}

async function park(ground: Ground): Promise<void> {
  let next = 1;
  async function startNext(): Promise<void> {
    while (next <= PARKED) await startExecution(ground, { id: "parked", version: next++ });
  }
  const began = performance.now();
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, startNext));
  console.error(`parked ${PARKED} executions, ${(PARKED / ((performance.now() - began) / 1000)).toFixed(0)} a second`);
  ground.clients.destroy();
}

/** The share of a core the process uses while nothing happens but waiting. */
async function idleShare(endpoint: EndpointProcess): Promise<number> {
  const clients = makeClients(endpoint.url);
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "idle" }));
  let waiting = true;
  const polls = Array.from({ length: POLLS }, async () => {
    while (waiting) await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  });
  await sleep(5_000);
  const before = cpuMs(endpoint.pid) ?? Number.NaN;
  await sleep(IDLE_SECONDS * 1000);
  const used = (cpuMs(endpoint.pid) ?? Number.NaN) - before;
  waiting = false;
  await Promise.all(polls);
  clients.destroy();
  return used / (IDLE_SECONDS * 1000);
}

function mb(value: number | undefined): string {
  return value === undefined ? "unknown" : `${value.toFixed(0)} MB`;
}
