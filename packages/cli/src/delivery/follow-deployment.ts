import type { DeploymentAnswer, DeploymentEventAnswer } from '@slipway/contracts/api/delivery';
import { exitStatus } from '../command-line/exit-status.ts';
import { printError, printOut } from '../view/print.ts';
import { chooseStyle, type Style } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import type { DeliveryDesk } from './delivery-desk.ts';

/** Prints what happens to a deployment until it has ended. @returns 0 only if it completed */
export async function followDeployment(
  desk: DeliveryDesk,
  id: number,
  { json }: { json: boolean },
): Promise<number> {
  const style = chooseStyle(process.env, await isTerminal(process.env));
  const happened = desk.follow(id);
  for (;;) {
    const next = await happened.next();
    if (next.done) return conclude(next.value, { json, style });
    printEvent(next.value, { json, style });
  }
}

interface Printing {
  json: boolean;
  style: Style;
}

function printEvent(event: DeploymentEventAnswer, { json, style }: Printing): void {
  if (json) {
    printOut(`${JSON.stringify({ ...event, kind: 'event', event: event.event ?? { kind: 'note' } })}\n`);
    return;
  }
  const time = style.dim(new Date(event.at).toISOString().slice(11, 19));
  const weight = style.dim(event.weight === null ? '     ' : `${String(event.weight).padStart(3)} %`);
  for (const line of event.lines.filter((one) => !saidBySteps.test(one))) {
    const text = event.kind === 'metric.measured' ? style.dim(line) : coloured(line, style);
    printOut(`${time} ${weight}  ${text}\n`);
  }
}

/** That an act of a step has begun and is done: the step itself is told, and the next one. */
const saidBySteps = /^(?:Begun|Done): /;

function coloured(line: string, style: Style): string {
  if (/^(?:Verdict pass|Completed)/.test(line)) return style.conclusion('success', line);
  if (/^(?:Going back|Rolled back|Blocked|Failed|Refused|It can't)/.test(line)) {
    return style.conclusion('failure', line);
  }
  return /^Step \d/.test(line) ? style.bold(line) : line;
}

/** Says how it ended; the reason goes to the standard error too, where scripts look for it. */
export function conclude(deployment: DeploymentAnswer, { json, style }: Printing): number {
  const { state, cause, environment, release, id } = deployment;
  const isDone = state === 'completed';
  if (json) printOut(`${JSON.stringify({ kind: 'summary', ...deployment })}\n`);
  else if (isDone) {
    printOut(
      `${style.mark('success')} Deployment ${id}: ${release.tag} serves ${environment}.${tookText(deployment)}\n`,
    );
  }
  if (isDone) return exitStatus.success;
  const reason = cause === null ? '' : `: ${cause.reason}${cause.by === undefined ? '' : ` (${cause.by})`}`;
  printError(
    `slipway: deployment ${id} of ${release.tag} to ${environment} is ${state}${cause === null ? '' : ` (${cause.kind})`}${reason}\n`,
  );
  return exitStatus.failure;
}

function tookText({ startedAt, finishedAt }: DeploymentAnswer): string {
  if (startedAt === null || finishedAt === null) return '';
  return ` It took ${Math.round((finishedAt - startedAt) / 1000)} s.`;
}
