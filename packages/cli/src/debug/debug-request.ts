import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';
import type { PreparedEvent } from '../event/event-preparation.ts';
import { draftIdentities } from '../runs/open-event.ts';
import { type PlanSelection, planRuns } from '../runs/plan-runs.ts';
import { assessBreakpoints, type Breakpoint, readBreakpoint } from './breakpoint.ts';

export const debugOptions: readonly OptionSpec[] = [
  {
    name: 'pause-on-failure',
    help: 'hold a job where a step has failed, and ask: look around, mend and retry, go on or stop',
  },
  {
    name: 'break-before',
    value: 'JOB[.STEP]',
    repeatable: true,
    help: "hold a job before a step: its id, name or number; without STEP before the job's first",
  },
];

/** How the person who runs wants to look into jobs. */
export interface DebugRequest {
  pauseOnFailure: boolean;
  breakpoints: Breakpoint[];
}

/** @returns null if nothing of it is asked for: then nothing of it is loaded. */
export async function readDebugRequest({
  values,
  switches,
}: TypedArguments): Promise<{ debug: DebugRequest | null; mistakes: Mistake[] }> {
  const pauseOnFailure = switches.has('pause-on-failure');
  const breakpoints = (values.get('break-before') ?? []).map(readBreakpoint);
  if (!pauseOnFailure && breakpoints.length === 0) return { debug: null, mistakes: [] };
  const mistake = await assessTerminal(pauseOnFailure ? '--pause-on-failure' : '--break-before', switches);
  return { debug: { pauseOnFailure, breakpoints }, mistakes: mistake === null ? [] : [mistake] };
}

async function assessTerminal(option: string, switches: ReadonlySet<string>): Promise<Mistake | null> {
  const mend = 'Run it in a terminal without --json.';
  if (switches.has('json')) return { message: `${option} asks at the terminal, which --json fills`, mend };
  const { isatty } = await import('node:tty');
  if (isatty(0) && isatty(1)) return null;
  return { message: `${option} needs a terminal to ask at, and there is none`, mend };
}

/** Breakpoints that no job of the event can reach. */
export function unreachableBreakpoints(
  { breakpoints }: DebugRequest,
  prepared: PreparedEvent,
  selection: PlanSelection,
): Mistake[] {
  if (breakpoints.length === 0) return [];
  const { plan } = planRuns(prepared, draftIdentities(prepared), selection);
  return plan === undefined ? [] : assessBreakpoints(breakpoints, plan);
}
