/**
 * Three times as many calls as the service can do: what it does with them, how quick it stays for those that it takes on, and how
 * soon it is as before. The load does not wait for answers, as a crowd does not.
 */

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { interrupted } from "../support/interruption.ts";
import { median, quantile, spread } from "../support/measures.ts";
import { ROUNDS, wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { startMilepost } from "./milepost.ts";

const SECONDS = wholeFrom("MILEPOST_BENCH_OVERLOAD_SECONDS", 20);
const TIMES = wholeFrom("MILEPOST_BENCH_OVERLOAD_TIMES", 3);
const CLIENTS = 32;
const CAPACITY_SECONDS = 8;
const SINGLES = 400;
const CALL_MS_MAX = 20_000;
const HEALTH_EVERY_MS = 100;
/** Back to normal: so many in a row are taken on, and are answered as quickly as the goal allows. */
const NORMAL_CALLS = 50;
const RECOVERY_MS_MAX = 30_000;
const GOAL = { times: 5, recoverySeconds: 30 };
const BODY = JSON.stringify({ title: "One of many" });

interface Answered {
  readonly status: number;
  readonly ms: number;
  readonly tells: boolean;
}

interface Round {
  readonly unloadedP99: number;
  readonly capacity: number;
  readonly offered: number;
  readonly accepted: number;
  readonly shed: number;
  readonly untold: number;
  readonly other: number;
  readonly p50: number;
  readonly p99: number;
  readonly healthP99: number;
  readonly healthFailures: number;
  readonly recoverySeconds: number;
}

export async function benchOverload(): Promise<void> {
  const { url, stop } = await startMilepost();
  const agent = new Agent({ keepAlive: true, maxSockets: 2_048 });
  const rounds: Round[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const measured = await measure(url, agent);
      console.error(`round ${round}  ${JSON.stringify(measured)}${round === 0 ? " (not counted)" : ""}`);
      if (round > 0) rounds.push(measured);
    }
  } finally {
    agent.destroy();
    await stop();
  }
  report(rounds);
}

async function measure(url: string, agent: Agent): Promise<Round> {
  const unloaded = await inRow(url, agent, SINGLES);
  const unloadedP99 = quantile(
    unloaded.map(({ ms }) => ms),
    0.99,
  );
  const capacity = await capacityOf(url, agent);
  const health = watchHealth(url, agent);
  const answers = await flood(url, agent, capacity * TIMES);
  const { times, failures } = await health.end();
  const accepted = answers.filter(({ status }) => status === 201);
  const shed = answers.filter(({ status }) => status === 503 || status === 429);
  const ms = accepted.map((answer) => answer.ms);
  return {
    unloadedP99,
    capacity,
    offered: answers.length / SECONDS,
    accepted: accepted.length / SECONDS,
    shed: shed.length / SECONDS,
    untold: shed.filter(({ tells }) => !tells).length,
    other: answers.length - accepted.length - shed.length,
    p50: median(ms),
    p99: quantile(ms, 0.99),
    healthP99: quantile(times, 0.99),
    healthFailures: failures,
    recoverySeconds: await recovery(url, agent, unloadedP99 * GOAL.times),
  };
}

async function inRow(url: string, agent: Agent, count: number): Promise<Answered[]> {
  const answers: Answered[] = [];
  while (answers.length < count) answers.push(await create(url, agent));
  return answers;
}

/** As many a second as callers get done who each wait for their answer. */
async function capacityOf(url: string, agent: Agent): Promise<number> {
  const until = performance.now() + CAPACITY_SECONDS * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) if ((await create(url, agent)).status === 201) done += 1;
    }),
  );
  return Math.round(done / CAPACITY_SECONDS);
}

/** Calls at a rate, at moments by chance, whatever is answered meanwhile. */
async function flood(url: string, agent: Agent, perSecond: number): Promise<Answered[]> {
  const calls: Promise<Answered>[] = [];
  const began = performance.now();
  let due = began;
  while (due < began + SECONDS * 1_000 && !interrupted.aborted) {
    while (due <= performance.now()) {
      calls.push(create(url, agent));
      due += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    await sleep(1);
  }
  return Promise.all(calls);
}

function watchHealth(url: string, agent: Agent) {
  const times: number[] = [];
  let failures = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const answer = await call("GET", `${url}/health`, agent);
      if (answer.status !== 200) failures += 1;
      times.push(answer.ms);
      await sleep(HEALTH_EVERY_MS);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return { times, failures };
    },
  };
}

/** The seconds until calls are taken on and answered as before; more than the limit where they never were. */
async function recovery(url: string, agent: Agent, goodMs: number): Promise<number> {
  const began = performance.now();
  let inRowGood = 0;
  let since = 0;
  while (performance.now() - began < RECOVERY_MS_MAX) {
    const start = performance.now();
    const { status, ms } = await create(url, agent);
    const isGood = status === 201 && ms <= goodMs;
    if (isGood && inRowGood === 0) since = start;
    inRowGood = isGood ? inRowGood + 1 : 0;
    if (inRowGood === NORMAL_CALLS) return (since - began) / 1_000;
    await sleep(10);
  }
  return Number.POSITIVE_INFINITY;
}

function create(url: string, agent: Agent): Promise<Answered> {
  return call("POST", `${url}/requests`, agent, BODY);
}

/** Status 0 where there was no answer at all. */
function call(method: string, address: string, agent: Agent, body?: string): Promise<Answered> {
  const began = performance.now();
  const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const done = (status: number, tells: boolean) => resolve({ status, tells, ms: performance.now() - began });
    const asked = request(address, { method, headers, agent, timeout: CALL_MS_MAX }, (answer) => {
      answer.resume();
      answer.once("error", () => done(0, false));
      answer.once("end", () => done(answer.statusCode ?? 0, answer.headers["retry-after"] !== undefined));
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => done(0, false));
    asked.end(body);
  });
}

function report(rounds: readonly Round[]): void {
  const all = (of: (round: Round) => number, digits = 0) => spread(rounds.map(of), digits);
  console.log(
    `\nOverload: ${TIMES} times as many POST /requests a second as ${CLIENTS} waiting callers get done, for ${SECONDS} s; ${ROUNDS} rounds, median (min–max)\n`,
  );
  console.log(
    table(
      ["", ""],
      [
        ["unloaded, one at a time: p99", `${all(({ unloadedP99 }) => unloadedP99, 1)} ms`],
        [`done for ${CLIENTS} waiting callers`, `${all(({ capacity }) => capacity)} /s`],
        ["asked for in the flood", `${all(({ offered }) => offered)} /s`],
        ["taken on", `${all(({ accepted }) => accepted)} /s`],
        ["shed with 503", `${all(({ shed }) => shed)} /s`],
        ["shed without Retry-After", all(({ untold }) => untold)],
        ["anything else", all(({ other }) => other)],
        ["taken on: p50", `${all(({ p50 }) => p50, 1)} ms`],
        ["taken on: p99", `${all(({ p99 }) => p99, 1)} ms`],
        ["that is, of the unloaded p99", `${all(({ p99, unloadedP99 }) => p99 / unloadedP99, 1)} ×`],
        ["/health: p99", `${all(({ healthP99 }) => healthP99, 1)} ms`],
        ["/health not answered with 200", all(({ healthFailures }) => healthFailures)],
        ["as before after", `${all(({ recoverySeconds }) => recoverySeconds, 1)} s`],
      ],
    ),
  );
  console.log(`\nThe goals: at most ${GOAL.times} × the unloaded p99, as before within ${GOAL.recoverySeconds} s, health up throughout.`);
}
