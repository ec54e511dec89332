import { setTimeout as delay } from 'node:timers/promises';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { GitRepository } from '../git-repository.ts';
import { type FakeGithub, startFakeGithub } from '../server/fake-github.ts';
import type { Served } from '../server/served.ts';

export const webhookSecret = 'a-secret-of-the-webhook';

/** A project on GitHub that a stranger sends pull requests to, from a fork. */
export interface ForkedProject {
  name: string;
  github: FakeGithub;
  origin: GitRepository;
  webhookUrl: string;
  /** A webhook that is signed. */
  send(event: string, payload: object): Promise<{ status: number; body: Record<string, unknown> }>;
  /** What a stranger's pull request changes; `action` other than `opened` is about the same one. @returns its head */
  pull(number: number, files: Record<string, string>, action?: string): Promise<string>;
  /** A change of the team's own. */
  push(files: Record<string, string>): Promise<string>;
  /** Waits until there is a run of the event, or more of them. */
  runOf(event: string, count?: number): Promise<RunAnswer>;
  close(): Promise<void>;
}

/** @param settings of the project, e.g. `forkApproval` */
export async function forkedProject(
  served: Served,
  files: Record<string, string>,
  settings: object = {},
): Promise<ForkedProject> {
  const name = 'octo/remote';
  const origin = new GitRepository(files);
  const github = await startFakeGithub('github-token');
  const source = { kind: 'github', apiUrl: github.apiUrl, cloneUrl: origin.path };
  const { status, body } = await served.ask<{ webhookUrl: string }>('POST', '/projects', {
    name,
    source,
    webhookSecret,
    githubToken: 'github-token',
    ...settings,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  const head = () => origin.git('rev-parse', 'HEAD').trim();
  const repository = { full_name: name, default_branch: 'main' };
  const project: ForkedProject = {
    name,
    github,
    origin,
    webhookUrl: body.webhookUrl,
    send: (event, payload) => github.send(body.webhookUrl, { event, payload, secret: webhookSecret }),
    async pull(number, changed, action = 'opened') {
      const base = head();
      origin.git('switch', '--quiet', '--force-create', 'theirs');
      for (const [file, text] of Object.entries(changed)) origin.write(file, text);
      origin.commit('theirs');
      const theirs = head();
      origin.git('update-ref', `refs/pull/${number}/head`, theirs);
      origin.git('switch', '--quiet', 'main');
      origin.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'theirs');
      origin.git('update-ref', `refs/pull/${number}/merge`, head());
      origin.git('reset', '--quiet', '--hard', base);
      origin.git('branch', '-D', '--quiet', 'theirs');
      await project.send('pull_request', {
        action,
        number,
        pull_request: {
          number,
          state: action === 'closed' ? 'closed' : 'open',
          title: 'a change',
          merged: false,
          author_association: 'FIRST_TIME_CONTRIBUTOR',
          user: { login: 'stranger' },
          head: { ref: 'theirs', sha: theirs, repo: { full_name: 'stranger/remote', fork: true } },
          base: { ref: 'main', sha: base, repo: repository },
        },
        repository,
        sender: { login: 'stranger' },
      });
      return theirs;
    },
    async push(changed) {
      const before = head();
      for (const [file, text] of Object.entries(changed)) origin.write(file, text);
      origin.commit('a change');
      const after = head();
      await project.send('push', {
        ref: 'refs/heads/main',
        before,
        after,
        head_commit: { id: after, message: 'a change' },
        commits: [],
        repository,
        sender: { login: 'monalisa' },
      });
      return after;
    },
    async runOf(event, count = 1) {
      for (;;) {
        const runs = await served.runs(`?project=${name}&event=${event}`);
        const [latest] = runs;
        if (latest !== undefined && runs.length >= count) return latest;
        await delay(100);
      }
    },
    async close() {
      await github.close();
      origin.remove();
    },
  };
  return project;
}
