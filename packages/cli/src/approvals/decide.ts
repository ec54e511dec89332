import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { callServer } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printError, printOut } from '../view/print.ts';
import { subjectText } from './approval-text.ts';

/** Which request is meant, where its number is not typed. */
export const choiceOptions: readonly OptionSpec[] = [
  { name: 'run', value: 'RUN', help: 'what is pending of this run' },
  { name: 'environment', value: 'NAME', help: 'what is pending for this environment' },
  { name: 'project', value: 'OWNER/NAME', help: 'what is pending of this project' },
  ...serverOptions,
];

/** Says a reviewer's word on one request. What is decided on is what was pending a moment ago: if it has changed, the server refuses. */
export async function decide(
  typed: TypedArguments,
  { verdict, comment }: { verdict: 'approved' | 'rejected'; comment: string },
): Promise<number> {
  const [id] = typed.arguments;
  const run = typed.values.get('run')?.[0];
  const mistakes: Mistake[] = [];
  for (const [what, number] of [
    ['request', id],
    ['run', run],
  ] as const) {
    if (number === undefined || /^[1-9]\d{0,9}$/.test(number)) continue;
    mistakes.push({
      message: `'${number}' is no number of a ${what}`,
      mend: "Name one that 'slipway approvals' shows.",
    });
  }
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, async (access) => {
    const request = id === undefined ? await choosePending(access, typed) : await read(access, id);
    if (request === null) return exitStatus.failure;
    const body = { verdict, comment, bindingHash: request.bindingHash };
    const path = `/approvals/${request.id}/decision`;
    await callServer(access, { method: 'POST', path, body });
    printOut(`${verdict === 'approved' ? 'Approved' : 'Rejected'}: ${subjectText(request)}.\n`);
    return exitStatus.success;
  });
}

function read(access: ServerAccess, id: string): Promise<ApprovalAnswer> {
  return callServer<ApprovalAnswer>(access, { path: `/approvals/${id}` });
}

/** The one that is pending; of several, none. */
async function choosePending(
  access: ServerAccess,
  { values }: TypedArguments,
): Promise<ApprovalAnswer | null> {
  const query = new URLSearchParams({ state: 'pending', limit: '100' });
  for (const name of ['run', 'project']) {
    const value = values.get(name)?.[0];
    if (value !== undefined) query.set(name, value);
  }
  const environment = values.get('environment')?.[0]?.toLowerCase();
  const { approvals } = await callServer<{ approvals: ApprovalAnswer[] }>(access, {
    path: `/approvals?${query}`,
  });
  const meant = approvals.filter(
    (one) => environment === undefined || one.environment.toLowerCase() === environment,
  );
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  printError(
    only === undefined
      ? 'slipway: nothing is waiting for approval\n'
      : `slipway: more than one is waiting; name one:\n${meant.map((one) => `  ${one.id}  ${subjectText(one)}\n`).join('')}`,
  );
  return null;
}
