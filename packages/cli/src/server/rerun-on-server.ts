import type { RunAnswer } from '@slipway/contracts/api/runs';
import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printOut } from '../view/print.ts';
import { callServer } from './call-server.ts';
import { readRunId } from './run-argument.ts';
import { withServer } from './server-command.ts';

/** What a rerun on a server takes; everything else is for runs of this machine. */
const known = new Set(['server', 'token', 'failed', 'job', 'from-step']);

/** Begins another attempt of a run of a server. */
export async function rerunOnServer(typed: TypedArguments): Promise<number> {
  const { runId, mistake } = readRunId(typed.arguments[0]);
  if (mistake !== null) return refuse([mistake]);
  const foreign = [...typed.values.keys(), ...typed.switches].filter((option) => !known.has(option));
  if (foreign.length > 0) {
    const mend = 'Leave it out, or rerun without a server.';
    return refuse(foreign.map((option) => ({ message: `--${option} is not for runs of a server`, mend })));
  }
  const job = typed.values.get('job')?.[0];
  const failed = typed.switches.has('failed');
  const fromStep = typed.values.get('from-step')?.[0];
  if (failed && (job !== undefined || fromStep !== undefined)) {
    const other = job === undefined ? '--from-step' : '--job';
    return refuse([{ message: `--failed and ${other} are given together`, mend: 'Give one of them.' }]);
  }
  const whole = job === undefined && fromStep === undefined;
  const body = whole
    ? { jobs: failed ? 'failed' : 'all' }
    : { ...(job !== undefined && { job }), ...(fromStep !== undefined && { fromStep }) };
  return withServer(typed, async (access) => {
    const run = await callServer<RunAnswer>(access, { method: 'POST', path: `/runs/${runId}/rerun`, body });
    printOut(`Run ${run.id} (${run.workflowName}), attempt ${run.attempt}, is started.\n`);
    return exitStatus.success;
  });
}
