import type {
  HeldRunsAnswer,
  PullRequestAnswer,
  PullRequestDetail,
  PullRequestPage,
  ReviewAnswer,
} from '@slipway/contracts/api/pull-requests';
import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { callServer } from '../server/call-server.ts';
import type { ServerAccess } from '../server/server-access.ts';
import { printError, printOut } from '../view/print.ts';
import { checkOut, currentBranch, LocalGitError } from './local-branch.ts';
import type { PullRequestRequest } from './pull-request-request.ts';
import { heldTable, pullRequestTable, pullRequestText } from './pull-request-text.ts';

/** Does what was asked for. @returns the exit status */
export async function performAction(
  access: ServerAccess,
  request: PullRequestRequest,
  typed: TypedArguments,
): Promise<number> {
  const { action, project, number } = request;
  const all = `/projects/${project}/pull-requests`;
  const calls: Calls = { access, all, one: `${all}/${number}`, typed };
  switch (action) {
    case 'list':
      return list(calls, request.query);
    case 'open':
      return open(calls, request.body);
    case 'show':
      print(await callServer<PullRequestDetail>(access, { path: calls.one }), typed, pullRequestText);
      return exitStatus.success;
    case 'edit':
    case 'close':
    case 'reopen': {
      const call = { method: 'PATCH', path: calls.one, body: request.body } as const;
      print(await callServer<PullRequestAnswer>(access, call), typed, (one) => pullRequestTable([one]));
      return exitStatus.success;
    }
    case 'review':
    case 'approve':
      return review(calls, request.body);
    case 'dismiss':
      return dismiss(calls, typed.values.get('review')?.[0] ?? '', request.body);
    case 'merge':
      return merge(calls, request.body);
    case 'held':
      return listHeld(calls, `/projects/${project}/held-runs`);
    case 'approve-runs':
      return approveRuns(calls, request.body);
    case 'checkout':
      return checkOutPull(calls, typed.values.get('remote')?.[0] ?? 'origin');
    default:
      return action satisfies never;
  }
}

interface Calls {
  access: ServerAccess;
  all: string;
  one: string;
  typed: TypedArguments;
}

async function list({ access, all, typed }: Calls, query: string): Promise<number> {
  const { pullRequests } = await callServer<PullRequestPage>(access, { path: `${all}?${query}` });
  if (typed.switches.has('json')) for (const one of pullRequests) printOut(`${JSON.stringify(one)}\n`);
  else if (pullRequests.length === 0) printOut('There is no such pull request.\n');
  else printOut(pullRequestTable(pullRequests));
  return exitStatus.success;
}

async function open({ access, all, typed }: Calls, body: Record<string, unknown>): Promise<number> {
  const here = await currentBranch();
  const head = body.head ?? here?.branch;
  const title = body.title ?? (body.head === undefined ? here?.subject : undefined);
  if (head === undefined || title === undefined) {
    printError(
      'slipway: nothing says which branch it is of, and what it is called\n  Give --head and --title.\n',
    );
    return exitStatus.invalid;
  }
  const call = { method: 'POST', path: all, body: { ...body, head, title } } as const;
  print(await callServer<PullRequestAnswer>(access, call), typed, (one) => pullRequestTable([one]));
  return exitStatus.success;
}

async function review({ access, one, typed }: Calls, body: Record<string, unknown>): Promise<number> {
  const call = { method: 'POST', path: `${one}/reviews`, body } as const;
  print(await callServer<ReviewAnswer>(access, call), typed, ({ verdict, headSha, counts }) => {
    const note = counts ? '' : ' It does not count: you may not write to the project.';
    return `${words[verdict]} ${headSha}.${note}\n`;
  });
  return exitStatus.success;
}

async function dismiss(
  { access, one, typed }: Calls,
  review: string,
  body: Record<string, unknown>,
): Promise<number> {
  const path = `${one}/reviews/${encodeURIComponent(review)}/dismiss`;
  print(await callServer<ReviewAnswer>(access, { method: 'POST', path, body }), typed, ({ reviewer }) => {
    return `The review of ${reviewer} counts no more.\n`;
  });
  return exitStatus.success;
}

const words = {
  approved: 'Approved',
  'changes-requested': 'Requested changes of',
  commented: 'Commented on',
} as const;

async function merge({ access, one, typed }: Calls, body: Record<string, unknown>): Promise<number> {
  const call = { method: 'POST', path: `${one}/merge`, body } as const;
  print(await callServer<PullRequestAnswer>(access, call), typed, ({ number, base, mergeCommitSha }) => {
    return `Merged #${number}: ${base.ref} is ${mergeCommitSha}.\n`;
  });
  return exitStatus.success;
}

async function listHeld({ access, typed }: Calls, path: string): Promise<number> {
  const { heldRuns } = await callServer<HeldRunsAnswer>(access, { path });
  if (typed.switches.has('json')) for (const one of heldRuns) printOut(`${JSON.stringify(one)}\n`);
  else if (heldRuns.length === 0) printOut('Nothing waits for approval.\n');
  else printOut(heldTable(heldRuns));
  return exitStatus.success;
}

async function approveRuns({ access, one, typed }: Calls, body: Record<string, unknown>): Promise<number> {
  const call = { method: 'POST', path: `${one}/runs/approve`, body } as const;
  print(await callServer<HeldRunsAnswer>(access, call), typed, ({ heldRuns }) => {
    return `Approved the runs of ${heldRuns.length} ${heldRuns.length === 1 ? 'event' : 'events'}.\n`;
  });
  return exitStatus.success;
}

async function checkOutPull({ access, one }: Calls, remote: string): Promise<number> {
  const { head } = await callServer<PullRequestAnswer>(access, { path: one });
  try {
    await checkOut(head.ref, remote);
  } catch (error) {
    if (!(error instanceof LocalGitError)) throw error;
    printError(`slipway: ${error.message}\n`);
    return exitStatus.failure;
  }
  printOut(`On ${head.ref}.\n`);
  return exitStatus.success;
}

function print<Answer>(answer: Answer, { switches }: TypedArguments, text: (answer: Answer) => string): void {
  printOut(switches.has('json') ? `${JSON.stringify(answer)}\n` : text(answer));
}
