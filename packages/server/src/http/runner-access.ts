import { SlipwayError } from '@slipway/contracts/errors';
import { type Caller, type Identification, identify } from '../access/identify.ts';
import { requireServerAdmin } from '../access/permission.ts';
import type { RunnerMachine } from '../access/principal.ts';
import type { Store } from '../store/open-store.ts';

/** Who may speak as a runner, and for which jobs. */
export interface RunnerAccess {
  /**
   * Null: may speak for all.
   * @throws SlipwayError `unauthorized`, `forbidden`
   */
  letIn(caller: Caller): Promise<RunnerMachine | null>;
  /** The name of the runner that has a job, or had it last. */
  runnerOf(jobId: number): Promise<string | null>;
}

/** Runners by their tokens; whoever administers the server may be one by theirs. */
export function runnerAccess(identification: Identification, store: Store): RunnerAccess {
  return {
    async letIn(caller) {
      const { principal } = await identify(identification, caller);
      if (principal.kind === 'runner') return principal;
      requireServerAdmin(principal);
      return null;
    },
    async runnerOf(jobId) {
      const row = await store.selectFrom('job').select('runner').where('id', '=', jobId).executeTakeFirst();
      return row?.runner ?? null;
    },
  };
}

/**
 * What the server calls a runner: below the name of its token, so that what it may speak for needs no list, and no two tokens meet.
 * Names that are not below one are those of the server's own runners.
 */
export function fullNameOf(machine: RunnerMachine | null, name: string): string {
  return machine === null ? name : `${machine.name}/${name}`;
}

/** @throws SlipwayError `forbidden`, whether there is such a job or not */
export async function requireOwnJob(
  { runnerOf }: RunnerAccess,
  machine: RunnerMachine | null,
  jobId: number,
): Promise<void> {
  if (machine === null) return;
  const runner = await runnerOf(jobId);
  if (runner?.startsWith(fullNameOf(machine, '')) !== true) throw new SlipwayError('forbidden');
}
