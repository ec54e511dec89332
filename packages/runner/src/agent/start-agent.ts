import type { ClaimedJob, RunnerGateway } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { sweepInterrupted } from '../recovery/sweep.ts';
import { tryAgain } from './try-again.ts';
import { type Machine, workOnJob } from './work-on-job.ts';

export interface AgentOptions {
  gateway: RunnerGateway<JobRequest>;
  /** Unique among the server's runners; what people see. */
  name: string;
  /** What the machine is and has, e.g. `['self-hosted', 'linux', 'x64']`. */
  labels: string[];
  machine: Machine;
  /** Jobs at a time; default 1. */
  slots?: number;
  /** How long a claim waits at the server for a job; default 30,000. */
  waitMs?: number;
  /** Something of this machine did not work: a job could not be executed. */
  onTrouble: (error: unknown) => void;
}

/** Takes jobs of a server, one after the other in each slot, and executes them. */
export interface Agent {
  /** Takes no more jobs; resolves when those under way are done and told. */
  drain(): Promise<void>;
  /** Ends the jobs under way at once; the server finds them lost. */
  kill(): Promise<void>;
  /** Jobs under way. */
  readonly busy: number;
}

/** Cleans up after an agent of this machine that was killed, then begins. */
export function startAgent(options: AgentOptions): Agent {
  const draining = new AbortController();
  const killed = new AbortController();
  const state = { busy: 0 };
  const names = slotNames(options);
  const swept = sweepInterrupted({ slipwayHome: options.machine.slipwayHome, now: Date.now() }).catch(
    options.onTrouble,
  );
  const slots = names.map(async (runner) => {
    await swept;
    while (!draining.signal.aborted) {
      const claimed = await claim(options, runner, draining.signal);
      if (claimed === null) continue;
      state.busy += 1;
      const { gateway, machine } = options;
      await workOnJob({
        gateway,
        claimed,
        machine: { ...machine, name: runner },
        signal: killed.signal,
      }).catch(options.onTrouble);
      state.busy -= 1;
    }
  });
  const ended = Promise.all(slots).then(() => {});
  return {
    drain() {
      draining.abort();
      return ended;
    },
    kill() {
      draining.abort();
      killed.abort();
      return ended;
    },
    get busy() {
      return state.busy;
    },
  };
}

function slotNames({ name, slots = 1 }: AgentOptions): string[] {
  if (slots === 1) return [name];
  return Array.from({ length: slots }, (_, index) => `${name}-${index + 1}`);
}

/** null: no job came up, or no more is wanted. */
async function claim(
  { gateway, labels, waitMs = 30_000, onTrouble }: AgentOptions,
  runner: string,
  signal: AbortSignal,
): Promise<ClaimedJob<JobRequest> | null> {
  try {
    return await tryAgain(() => gateway.claim({ runner, labels, waitMs }, signal), signal);
  } catch (error) {
    if (signal.aborted) return null;
    // Refused: a token that is not valid any more does not become valid by asking all the time.
    onTrouble(error);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return null;
  }
}
