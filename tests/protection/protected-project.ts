import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PullRequestAnswer, PullRequestDetail } from '@slipway/contracts/api/pull-requests';
import { type People, type ProjectRole, peopleOf } from '../identity/people.ts';
import type { Clone, Served } from '../server/served.ts';

const runProgram = promisify(execFile);

/** A hosted project with people of every role: `monalisa` and `hubot` develop, `boss` administers, `reader` reads. */
export interface ProtectedProject {
  name: string;
  clone: Clone;
  tokens: Record<Who, string>;
  ask: People['ask'];
  /** Pushes as somebody. @returns what git printed */
  push(who: Who, ...refspecs: string[]): Promise<Pushed>;
  /** A branch with a commit, made of main as the server has it (or what is before it) and pushed by monalisa. @returns the commit */
  topic(branch: string, change?: { files?: Record<string, string>; from?: string }): Promise<string>;
  /** A pull request of monalisa's, of a new topic. */
  pull(
    branch: string,
    change?: { files?: Record<string, string>; from?: string },
  ): Promise<PullRequestAnswer>;
  show(number: number): Promise<PullRequestDetail>;
  review(who: Who, number: number, verdict?: string): Promise<{ status: number; body: unknown }>;
  merge(who: Who, number: number, body?: object): Promise<Refusable>;
  /** Says of a commit what checks would. */
  status(sha: string, context: string, state?: string): Promise<void>;
  /** What main is at the server. */
  main(): Promise<string>;
}

export type Who = 'monalisa' | 'hubot' | 'boss' | 'reader';
export type Pushed = { kind: 'accepted' | 'refused'; said: string };
export type Refusable = {
  status: number;
  body: { error?: { code: string; message: string } } & Partial<PullRequestAnswer>;
};

const roles: Record<Who, ProjectRole> = {
  monalisa: 'developer',
  hubot: 'developer',
  boss: 'admin',
  reader: 'reader',
};
const made = new WeakMap<Served, Promise<Record<Who, string>>>();

/** @param files of the first commit, pushed to main by the server's admin */
export async function protectedProject(
  served: Served,
  name: string,
  files: Record<string, string>,
): Promise<ProtectedProject> {
  const clone = await served.project(name, files);
  const people = peopleOf(served);
  const tokens = await (made.get(served) ?? makePeople(served, people));
  for (const who of Object.keys(roles) as Who[]) {
    await served.ask('PUT', `/projects/${name}/members/${who}`, { role: roles[who] });
  }
  await clone.git('push', '--quiet', 'origin', 'main');
  const at = `/projects/${name}/pull-requests`;
  const asked = async <Answer>(...call: Parameters<People['ask']>): Promise<Answer> => {
    const { status, body } = await people.ask<Answer>(...call);
    if (status >= 300) throw new Error(`${call[1]} ${call[2]}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const remote = (who: Who) => `${served.server.url.replace('://', `://${who}:${tokens[who]}@`)}/${name}.git`;
  const project: ProtectedProject = {
    name,
    clone,
    tokens,
    ask: people.ask,
    push: (who, ...refspecs) => pushAs(clone, remote(who), refspecs),
    async topic(branch, { files: changed = { [`${branch}.txt`]: branch }, from = 'origin/main' } = {}) {
      await clone.git('fetch', '--quiet', 'origin');
      await clone.git('switch', '--quiet', '--force-create', branch, from);
      await clone.write(changed);
      const sha = await clone.commit(branch);
      await clone.git('push', '--quiet', '--force', remote('monalisa'), branch);
      return sha;
    },
    async pull(branch, change) {
      await project.topic(branch, change);
      return asked(tokens.monalisa, 'POST', at, { title: `About ${branch}`, head: branch });
    },
    show: (number) => asked(tokens.reader, 'GET', `${at}/${number}`),
    review: (who, number, verdict = 'approved') =>
      people.ask(tokens[who], 'POST', `${at}/${number}/reviews`, { verdict }),
    merge: (who, number, body = { method: 'squash' }) =>
      people.ask(tokens[who], 'POST', `${at}/${number}/merge`, body),
    async status(sha, context, state = 'success') {
      const response = await fetch(`${served.server.url}/api/v3/repos/${name}/statuses/${sha}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.hubot}`, 'content-type': 'application/json' },
        body: JSON.stringify({ context, state }),
      });
      if (response.status !== 201) throw new Error(await response.text());
    },
    async main() {
      const said = await clone.git('ls-remote', 'origin', 'refs/heads/main');
      return said.slice(0, 40);
    },
  };
  return project;
}

function makePeople(served: Served, people: People): Promise<Record<Who, string>> {
  const making = (async () => {
    const tokens: Partial<Record<Who, string>> = {};
    for (const who of Object.keys(roles) as Who[]) tokens[who] = await people.user(who);
    return tokens as Record<Who, string>;
  })();
  made.set(served, making);
  return making;
}

async function pushAs(clone: Clone, url: string, refspecs: string[]): Promise<Pushed> {
  try {
    const { stderr } = await runProgram('git', ['push', url, ...refspecs], { cwd: clone.directory });
    return { kind: 'accepted', said: stderr };
  } catch (error) {
    return { kind: 'refused', said: String((error as { stderr?: string }).stderr ?? error) };
  }
}
