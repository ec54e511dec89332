import type {
  HeldRunsAnswer,
  PullRequestAnswer,
  PullRequestDetail,
} from '@slipway/contracts/api/pull-requests';
import { plainText } from '../view/control-sequences.ts';
import { textTable } from '../view/text-table.ts';

/** Pull requests as a table. What people have written obeys no terminal. */
export function pullRequestTable(pullRequests: readonly PullRequestAnswer[]): string {
  return textTable(
    pullRequests.map((one) => [
      `#${one.number}`,
      one.draft && one.state === 'open' ? 'draft' : one.state,
      shown(one.title),
      shown(`${one.head.ref} → ${one.base.ref}`),
      shown(one.author),
    ]),
  );
}

/** Everything of one, and what keeps it from being merged. */
export function pullRequestText(detail: PullRequestDetail): string {
  const { number, title, author, head, base, body, outside } = detail;
  const by = outside ? `${author}, who may not write to the project` : author;
  const parts = [
    `#${number} ${shown(title)}\n${stateText(detail)}, by ${shown(by)}: ${shown(`${head.ref} → ${base.ref}`)} at ${head.sha}\n`,
    body === '' ? '' : `${plainText(Buffer.from(body))}\n`,
    section('Reviews', reviewRows(detail)),
    section('Checks', checkRows(detail)),
    detail.state === 'open' ? mergeText(detail) : '',
    heldText(detail),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function stateText({ state, draft, mergedBy, mergeCommitSha }: PullRequestDetail): string {
  if (state === 'merged') return `Merged by ${shown(mergedBy ?? '')} as ${mergeCommitSha}`;
  if (state === 'closed') return 'Closed';
  return draft ? 'Draft' : 'Open';
}

function reviewRows({ reviews, head }: PullRequestDetail): string[][] {
  return reviews.map(({ id, reviewer, verdict, headSha, counts, dismissedAt, body }) => {
    const notes = [
      ...(headSha === head.sha ? [] : [`of ${headSha.slice(0, 7)}`]),
      ...(dismissedAt === null ? [] : ['dismissed']),
      ...(counts ? [] : ['does not count']),
    ];
    return [
      String(id),
      shown(reviewer),
      verdict.replace('-', ' '),
      notes.join(', '),
      shown(body.split('\n', 1)[0] ?? ''),
    ];
  });
}

function checkRows({ checks }: PullRequestDetail): string[][] {
  const ofFirst = checks.toSorted((one, other) => Number(other.required) - Number(one.required));
  return ofFirst.map(({ context, state, required }) => [
    shown(context),
    state.replace('-', ' '),
    required ? 'required' : '',
  ]);
}

function mergeText({ missing, mergeSha, draft }: PullRequestDetail): string {
  const lines = missing.map(({ message }) => shown(message));
  if (mergeSha === null) lines.unshift('The branches are in conflict.');
  if (draft) lines.unshift('It is a draft.');
  if (lines.length === 0) return 'It can be merged.\n';
  return `It cannot be merged:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
}

function heldText({ heldRuns, number }: PullRequestDetail): string {
  const held = heldRuns.filter(({ state }) => state === 'held');
  const [first] = held;
  if (first === undefined) return '';
  const rows = held.map(({ event, action, reason }) => [`  ${event} (${action})`, shown(reason)]);
  return `Runs wait for approval, with slipway pr approve-runs ${number} --sha ${first.headSha}:\n${textTable(rows)}`;
}

/** What waits, of all pull requests. */
export function heldTable(heldRuns: HeldRunsAnswer['heldRuns']): string {
  return textTable(
    heldRuns.map(({ number, event, action, headSha, reason }) => [
      `#${number}`,
      `${event} (${action})`,
      headSha,
      shown(reason),
    ]),
  );
}

function section(title: string, rows: readonly string[][]): string {
  return rows.length === 0
    ? ''
    : `${title}:\n${textTable(rows.map(([first = '', ...others]) => [`  ${first}`, ...others]))}`;
}

/** On one line, without what a terminal would obey. */
function shown(text: string): string {
  return plainText(Buffer.from(text)).replaceAll(/\s+/g, ' ').trim();
}
