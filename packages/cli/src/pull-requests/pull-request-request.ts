import { mergeMethods } from '@slipway/contracts/api/pull-requests';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import { chooseProject } from './project-choice.ts';

/** What each action takes besides the number. */
const options = {
  list: ['state', 'head', 'base', 'limit'],
  open: ['title', 'body', 'head', 'base', 'draft'],
  show: [],
  edit: ['title', 'body', 'base', 'draft', 'ready'],
  review: ['approve', 'request-changes', 'comment', 'body', 'sha'],
  approve: ['body', 'sha'],
  dismiss: ['review', 'message'],
  merge: ['method', 'message', 'sha', 'admin'],
  close: [],
  reopen: [],
  checkout: ['remote'],
  held: [],
  'approve-runs': ['sha'],
} as const satisfies Record<string, readonly string[]>;
export type PullRequestAction = keyof typeof options;

const everywhere = ['server', 'token', 'project', 'json', 'help'];

export interface PullRequestRequest {
  action: PullRequestAction;
  project: string;
  number: number;
  /** As the REST interface takes it; what was not typed is left out. */
  body: Record<string, unknown>;
  query: string;
}

/** What was typed, and what of it cannot be meant. */
export function readPullRequestRequest(
  typed: TypedArguments,
  environment: NodeJS.ProcessEnv,
  folder: string,
): { request: PullRequestRequest; mistakes: Mistake[] } {
  const [word = 'list', numberText, ...surplus] = typed.arguments;
  const { project, mistake } = chooseProject(typed, environment, folder);
  const action = word as PullRequestAction;
  const number = Number(numberText?.replace(/^#/, '') ?? 0);
  const mistakes = assessWords(word, { numberText, number, surplus });
  if (mistakes.length === 0) mistakes.push(...assessOptions(typed, action));
  if (mistake !== null) mistakes.push(mistake);
  const request = { action, project, number, body: bodyOf(typed, action), query: queryOf(typed) };
  return { request, mistakes };
}

interface Words {
  numberText: string | undefined;
  number: number;
  surplus: readonly string[];
}

function assessWords(word: string, { numberText, number, surplus }: Words): Mistake[] {
  const known = Object.keys(options);
  if (!Object.hasOwn(options, word)) {
    const mend = meant(word, known) ?? `Write ${known.join(', ')}.`;
    return [{ message: `there is no action '${word}'`, mend }];
  }
  const takesNumber = word !== 'list' && word !== 'open' && word !== 'held';
  const [unexpected] = takesNumber ? surplus : [numberText, ...surplus];
  if (unexpected !== undefined)
    return [{ message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' }];
  if (!takesNumber || (Number.isInteger(number) && number > 0)) return [];
  const message = numberText === undefined ? `${word} needs a number` : `'${numberText}' is no number`;
  return [{ message, mend: `Write slipway pr ${word} NUMBER, as slipway pr list shows it.` }];
}

function assessOptions({ values, switches }: TypedArguments, action: PullRequestAction): Mistake[] {
  const taken: readonly string[] = [...options[action], ...everywhere];
  const mistakes: Mistake[] = [...values.keys(), ...switches]
    .filter((name) => !taken.includes(name))
    .map((name) => ({ message: `--${name} is not for ${action}`, mend: 'Leave it out.' }));
  const method = values.get('method')?.[0];
  if (method !== undefined && !(mergeMethods as readonly string[]).includes(method)) {
    const mend = meant(method, mergeMethods) ?? 'Write merge, squash or rebase.';
    mistakes.push({ message: `there is no way to merge '${method}'`, mend });
  }
  const verdicts = ['approve', 'request-changes', 'comment'].filter((name) => switches.has(name));
  if (action === 'review' && verdicts.length !== 1) {
    const mend = 'Give one of --approve, --request-changes and --comment.';
    mistakes.push({ message: 'a review says one thing', mend });
  }
  if (action === 'dismiss' && !(values.has('review') && values.has('message'))) {
    mistakes.push({
      message: 'nothing says which review, and why',
      mend: 'Give --review ID and --message TEXT.',
    });
  }
  if (action === 'approve-runs' && !values.has('sha')) {
    mistakes.push({ message: 'nothing says what was looked at', mend: 'Give its head with --sha.' });
  }
  return mistakes;
}

function bodyOf({ values, switches }: TypedArguments, action: PullRequestAction): Record<string, unknown> {
  const value = (name: string) => values.get(name)?.[0];
  const given = (body: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(body).filter(([, one]) => one !== undefined));
  const text = { title: value('title'), body: value('body'), base: value('base') };
  switch (action) {
    case 'open':
      return given({ ...text, head: value('head'), draft: switches.has('draft') });
    case 'edit': {
      const draft = switches.has('draft') ? true : switches.has('ready') ? false : undefined;
      return given({ ...text, draft });
    }
    case 'close':
      return { state: 'closed' };
    case 'reopen':
      return { state: 'open' };
    case 'review':
    case 'approve':
      return given({ verdict: verdictOf(switches), body: value('body'), sha: value('sha') });
    case 'merge': {
      const { method, message, sha } = {
        method: value('method'),
        message: value('message'),
        sha: value('sha'),
      };
      return given({ method, message, sha, bypass: switches.has('admin') });
    }
    case 'dismiss':
      return given({ message: value('message') });
    case 'approve-runs':
      return given({ sha: value('sha') });
    case 'list':
    case 'show':
    case 'checkout':
    case 'held':
      return {};
    default:
      return action satisfies never;
  }
}

function verdictOf(switches: ReadonlySet<string>): string {
  if (switches.has('request-changes')) return 'changes-requested';
  return switches.has('comment') ? 'commented' : 'approved';
}

function queryOf({ values }: TypedArguments): string {
  const query = new URLSearchParams();
  for (const name of options.list) {
    const value = values.get(name)?.[0];
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
