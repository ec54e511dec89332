import type { Conclusion } from '@slipway/contracts';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { durationText } from '@slipway/contracts/duration-text';
import type { Style } from '../view/style.ts';

/** Runs of a server, one a line. */
export function runLines(runs: readonly RunAnswer[], style: Style): string[] {
  const width = (of: (run: RunAnswer) => string) => Math.max(0, ...runs.map((run) => of(run).length));
  const widths = { id: width(({ id }) => String(id)), project: width(({ project }) => project) };
  return runs.map((run) => {
    const mark = run.status === 'completed' ? style.mark((run.conclusion ?? 'cancelled') as Conclusion) : '…';
    const created = new Date(run.createdAt).toISOString().slice(0, 16).replace('T', ' ');
    const took =
      run.startedAt === null || run.finishedAt === null ? '-' : durationText(run.finishedAt - run.startedAt);
    const ref = run.ref.replace(/^refs\/(?:heads|tags)\//, '');
    const state = run.status === 'completed' ? (run.conclusion ?? '') : run.status.replace('_', ' ');
    const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
    const rest = style.dim(
      `${run.event} ${ref} ${run.sha.slice(0, 7)}  ${created}  ${took}  ${state}${attempt}`,
    );
    return `${mark} ${String(run.id).padStart(widths.id)}  ${run.project.padEnd(widths.project)}  ${run.workflowName} #${run.number}: ${run.name}  ${rest}`;
  });
}
