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
  {
    name: 'debug-port',
    value: 'PORT',
    help: 'wait for an editor that speaks the Debug Adapter Protocol, on loopback; 0: a free port, which is printed',
  },
];

/** How the person who runs wants to look into jobs. */
export interface DebugRequest {
  pauseOnFailure: boolean;
  breakpoints: Breakpoint[];
  /** Where an editor is waited for; 0: any free port; null: the terminal is asked. */
  port: number | null;
}

/** @returns null if nothing of it is asked for: then nothing of it is loaded. */
export async function readDebugRequest({
  values,
  switches,
}: TypedArguments): Promise<{ debug: DebugRequest | null; mistakes: Mistake[] }> {
  const pauseOnFailure = switches.has('pause-on-failure');
  const breakpoints = (values.get('break-before') ?? []).map(readBreakpoint);
  const typedPort = values.get('debug-port')?.[0];
  if (!pauseOnFailure && breakpoints.length === 0 && typedPort === undefined) {
    return { debug: null, mistakes: [] };
  }
  if (typedPort !== undefined) return readPort(typedPort, { pauseOnFailure, breakpoints });
  const mistake = await assessTerminal(pauseOnFailure ? '--pause-on-failure' : '--break-before', switches);
  return { debug: { pauseOnFailure, breakpoints, port: null }, mistakes: mistake === null ? [] : [mistake] };
}

function readPort(
  typed: string,
  request: Omit<DebugRequest, 'port'>,
): { debug: DebugRequest; mistakes: Mistake[] } {
  const port = Number(typed);
  if (/^\d+$/.test(typed) && port <= 65_535) return { debug: { ...request, port }, mistakes: [] };
  const mistake = { message: `--debug-port '${typed}' is no port`, mend: 'Write a number from 0 to 65535.' };
  return { debug: { ...request, port: 0 }, mistakes: [mistake] };
}

async function assessTerminal(option: string, switches: ReadonlySet<string>): Promise<Mistake | null> {
  const mend = 'Run it in a terminal without --json, or give --debug-port for an editor.';
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
