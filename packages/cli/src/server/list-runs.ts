import type { RunPage } from '@slipway/contracts/api/runs';
import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { printOut } from '../view/print.ts';
import { chooseStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { callServer } from './call-server.ts';
import { runLines } from './run-lines.ts';
import { withServer } from './server-command.ts';

const mostPerPage = 100;

/** Prints runs of a server, the newest first. */
export function listServerRuns(typed: TypedArguments, limit: number): Promise<number> {
  return withServer(typed, async (access) => {
    const runs = [];
    const query = new URLSearchParams();
    const project = typed.values.get('project')?.[0];
    if (project !== undefined) query.set('project', project);
    for (let next: number | null = null; runs.length < limit; ) {
      query.set('limit', String(Math.min(mostPerPage, limit - runs.length)));
      if (next !== null) query.set('cursor', String(next));
      const page: RunPage = await callServer<RunPage>(access, { path: `/runs?${query}` });
      runs.push(...page.runs);
      next = page.next;
      if (next === null) break;
    }
    if (typed.switches.has('json')) for (const run of runs) printOut(`${JSON.stringify(run)}\n`);
    else if (runs.length === 0) printOut('No run was made yet.\n');
    else {
      const style = chooseStyle(process.env, await isTerminal(process.env));
      printOut(`${runLines(runs, style).join('\n')}\n`);
    }
    return exitStatus.success;
  });
}
