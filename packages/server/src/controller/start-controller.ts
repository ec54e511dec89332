import { endsWithin } from '../operation/ends-within.ts';
import type { Store } from '../store/open-store.ts';
import { type DrivenProject, driveProject } from './drive-project.ts';
import type { BegunRun, FinishedRun } from './driving.ts';
import type { AssessEntries } from './environment-gate.ts';
import { tidyQueue } from './housekeeping.ts';
import type { Notices } from './notices.ts';
import { giveUpLease, projectsToDrive, takeLease } from './project-lease.ts';

export interface ControllerOptions {
  store: Store;
  notices: Notices;
  /** Names this server among those that share the store; another one after each start. */
  owner: string;
  now: () => number;
  /** How long another server waits before it takes over what this one drove; default 15,000. */
  leaseMs?: number;
  /** How long a runner may be silent; default 60,000. */
  runnerLeaseMs?: number;
  /** How often the store is looked at when nobody gives notice; default 1,000. */
  tickMs?: number;
  /** See DriveProjectOptions. */
  assessEntries?: AssessEntries;
  /** See DriveProjectOptions. */
  onRunFinished?: (finished: FinishedRun) => Promise<void>;
  onRunBegun?: (begun: BegunRun) => Promise<void>;
  /** Something did not work and is tried again. */
  onTrouble: (error: unknown) => void;
}

/** Drives the runs of all projects that no other server drives. */
export interface Controller {
  /** A job was claimed or has ended: for `GatewayOptions.onProgress`. */
  hear(job: { jobId: number; project: string }): void;
  /** Writes what is decided and leaves the rest to the next server, or to this one's next start. Ends whether the store answers or not. */
  close(): Promise<void>;
}

const longestFarewellMs = 5_000;

/** What may be left out for good. */
type Hooks = Pick<ControllerOptions, 'assessEntries' | 'onRunFinished' | 'onRunBegun'>;

interface Controlling extends Required<Omit<ControllerOptions, keyof Hooks>>, Hooks {
  driven: Map<string, DrivenProject>;
  /** Since when this server hears runners without a gap. */
  heardSince: number;
  lastTick: number;
  isClosed: boolean;
}

/** Level-triggered: each tick looks at what the store says and does what is missing. Notices only make it quicker. */
export function startController(options: ControllerOptions): Controller {
  const controlling: Controlling = {
    leaseMs: 15_000,
    runnerLeaseMs: 60_000,
    tickMs: 1_000,
    ...options,
    driven: new Map(),
    heardSince: options.now(),
    lastTick: options.now(),
    isClosed: false,
  };
  const wake = { isDue: false, resolve: () => {} };
  const wakeUp = (): void => {
    wake.isDue = true;
    wake.resolve();
  };
  const unwatch = options.notices.watchAll((topic) => {
    if (!topic.startsWith('project:')) return;
    const project = controlling.driven.get(topic.slice('project:'.length));
    if (project === undefined || project.isIdle) wakeUp();
    else void project.look();
  });
  const loop = (async () => {
    while (!controlling.isClosed) {
      wake.isDue = false;
      await tick(controlling).catch(options.onTrouble);
      await pause(wake, controlling.tickMs);
    }
  })();
  return {
    hear({ jobId, project }) {
      const driven = controlling.driven.get(project);
      if (driven === undefined) options.notices.tellOthers(`project:${project}`);
      else driven.hear(jobId);
    },
    async close() {
      controlling.isClosed = true;
      unwatch();
      wakeUp();
      await endsWithin(longestFarewellMs, loop);
      await Promise.all([...controlling.driven.values()].map((project) => project.close()));
    },
  };
}

async function pause(wake: { isDue: boolean; resolve: () => void }, tickMs: number): Promise<void> {
  if (wake.isDue) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, tickMs);
    wake.resolve = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

async function tick(controlling: Controlling): Promise<void> {
  const { driven, now, runnerLeaseMs, leaseMs, tickMs } = controlling;
  // While the store did not answer, or this process stood still, no runner was heard.
  if (now() - controlling.lastTick > tickMs + runnerLeaseMs / 4) controlling.heardSince = now();
  await takeProjects(controlling);
  const { heardSince } = controlling;
  const clock = { store: controlling.store, now: now() };
  await tidyQueue(clock, { heardSince, leaseMs: runnerLeaseMs });
  for (const [name, project] of driven) {
    await project.look();
    if (!project.isIdle) continue;
    driven.delete(name);
    await project.close();
  }
  controlling.lastTick = now();
  if (now() - clock.now > leaseMs) throw new Error('the store is slower than the leases last');
}

async function takeProjects(controlling: Controlling): Promise<void> {
  const { store, driven, owner, leaseMs, now, notices, onTrouble } = controlling;
  const { assessEntries, onRunFinished, onRunBegun } = controlling;
  for (const project of await projectsToDrive({ store, now: now() })) {
    if (driven.has(project) || controlling.isClosed) continue;
    const lease = await takeLease({ store, now: now() }, { project, owner, leaseMs });
    if (lease === null) continue;
    // The store has answered when nobody was waiting any more.
    if (controlling.isClosed) return giveUpLease(store, lease);
    driven.set(
      project,
      driveProject({
        store,
        lease,
        leaseMs,
        now,
        notices,
        onTrouble,
        ...(onRunFinished && { onRunFinished }),
        ...(assessEntries && { assessEntries }),
        ...(onRunBegun && { onRunBegun }),
        onLeaseLost: () => driven.delete(project),
      }),
    );
  }
}
