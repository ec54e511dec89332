import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sweepInterrupted } from '@slipway/runner/recovery';
import type { StoreLocation } from '@slipway/server/store';
import { startHarnessRunner, startHarnessServer, type Victim } from './harness.ts';

const leaseMs = 2_000;

/** Real servers and runners as processes, that a test kills and that come back. */
export interface CrashWorld {
  directory: string;
  /** Each job appends to it: `<run> <key> begin` and `… end`. */
  effects(): string[];
  /** Names of runners that were killed. */
  killedRunners: Set<string>;
  startRunners(): void;
  /** Kills one process, at once, and starts another in its place. */
  killServer(index: number): Promise<void>;
  killRunner(index: number): Promise<void>;
  /** Delivers an event until a server says that it has it. */
  deliver(event: { project: string; deliveryId: string; files: Record<string, string> }): Promise<number[]>;
  close(): Promise<void>;
}

export interface CrashWorldOptions {
  location: StoreLocation;
  servers: number;
  runners: number;
  slots: number;
  /** How long a runner may be silent; default 10 s: longer than a crowded machine keeps a living one from speaking. */
  runnerLeaseMs?: number;
}

export async function startCrashWorld(options: CrashWorldOptions): Promise<CrashWorld> {
  const directory = mkdtempSync(path.join(tmpdir(), 'slipway-crash-'));
  const ports = await Promise.all(
    Array.from({ length: options.servers }, async () => {
      const server = serverAt(options, directory, 0);
      const port = Number(await server.said);
      await server.kill();
      return port;
    }),
  );
  const servers = ports.map((port) => serverAt(options, directory, port));
  let incarnation = 0;
  const names: string[] = [];
  const startRunner = (index: number): Victim => {
    const name = `runner-${index}-${++incarnation}`;
    names[index] = name;
    const url = `http://127.0.0.1:${ports[index % ports.length]}`;
    const slipwayHome = path.join(directory, `home-${index}`);
    return startHarnessRunner({ url, name, labels: ['linux'], slipwayHome, slots: options.slots });
  };
  const runners: Victim[] = [];
  const killedRunners = new Set<string>();
  return {
    directory,
    killedRunners,
    startRunners() {
      for (let index = 0; index < options.runners; index += 1) runners[index] = startRunner(index);
    },
    effects: () => readFileSync(path.join(directory, 'effects'), 'utf8').trim().split('\n'),
    async killServer(index) {
      await servers[index]?.kill();
      servers[index] = serverAt(options, directory, ports[index] ?? 0);
    },
    async killRunner(index) {
      const name = names[index];
      await runners[index]?.kill();
      if (name !== undefined) killedRunners.add(name);
      runners[index] = startRunner(index);
    },
    async deliver(event) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await post(`http://127.0.0.1:${ports[tries % ports.length]}/events`, event);
        } catch {
          // Killed on the way: nobody knows whether it was taken in, so it is delivered again.
          await delay(100);
        }
      }
    },
    async close() {
      await Promise.all([...servers, ...runners].map((victim) => victim.kill()));
      const homes = runners.map((_, index) => path.join(directory, `home-${index}`));
      await Promise.all(homes.map((slipwayHome) => sweepInterrupted({ slipwayHome, now: Date.now() })));
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function serverAt(
  { location, runnerLeaseMs = 10_000 }: CrashWorldOptions,
  directory: string,
  port: number,
): Victim {
  return startHarnessServer({ location, directory, port, leaseMs, runnerLeaseMs });
}

/** Of a delivery that was taken in before, the answer is a duplicate: its runs are in the store. */
async function post(url: string, event: object): Promise<number[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { runs = [] } = (await response.json()) as { runs?: { runId: number }[] };
  return runs.map(({ runId }) => runId);
}
