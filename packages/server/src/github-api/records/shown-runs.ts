import type { RunAnswer } from '@slipway/contracts/api/runs';
import type { EventFacts } from '@slipway/workflow/triggers';
import { numberAt, textAt } from '../../github/payload-values.ts';
import { readRun } from '../../history/read-runs.ts';
import { readOneCommit } from '../git/read-history.ts';
import type { RepositoryCall } from '../github-context.ts';
import type { Page } from '../pages.ts';
import { linksOf } from '../shapes/links.ts';
import { repositoryShape } from '../shapes/repository.ts';
import type { ShownRun } from '../shapes/workflow-run.ts';

export interface RunFilter {
  actor?: string | undefined;
  branch?: string | undefined;
  event?: string | undefined;
  /** A status or a conclusion. */
  status?: string | undefined;
  headSha?: string | undefined;
  /** Path of the workflow's file. */
  workflow?: string | undefined;
}

/** A page of the runs of a project, the newest first, and how many there are. */
export async function listShownRuns(
  call: RepositoryCall,
  filter: RunFilter,
  page: Page,
): Promise<{ total: number; runs: ShownRun[] }> {
  const { store } = call.context;
  const base = filtered(call, filter);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await base
    .select('run.id')
    .orderBy('run.id', 'desc')
    .limit(page.size)
    .offset(page.offset)
    .execute();
  const runs = await Promise.all(rows.map(async ({ id }) => showRun(call, await readRun(store, id))));
  return { total: Number(count), runs };
}

function filtered({ context, project }: RepositoryCall, filter: RunFilter) {
  const { actor, branch, event, status, headSha, workflow } = filter;
  const merges = context.store
    .selectFrom('pull_request_merge')
    .select('merge_sha')
    .where(({ and }) => and({ project: project.name, head_sha: headSha ?? '' }));
  return context.store
    .selectFrom('run')
    .where('run.project', '=', project.name)
    .$if(actor !== undefined, (query) => query.where('run.actor', '=', actor ?? ''))
    .$if(branch !== undefined, (query) =>
      query.where('run.ref', 'in', [`refs/heads/${branch}`, `refs/tags/${branch}`]),
    )
    .$if(event !== undefined, (query) => query.where('run.event', '=', event ?? ''))
    .$if(workflow !== undefined, (query) => query.where('run.workflow_path', '=', workflow ?? ''))
    .$if(headSha !== undefined, (query) =>
      query.where(({ or, eb }) => or([eb('run.sha', '=', headSha ?? ''), eb('run.sha', 'in', merges)])),
    )
    .$if(status !== undefined, (query) =>
      query.where(({ or, eb }) =>
        or([eb('run.status', '=', status as RunAnswer['status']), eb('run.conclusion', '=', status ?? '')]),
      ),
    );
}

/** A run with what its event says of it. */
export async function showRun(call: RepositoryCall, run: RunAnswer): Promise<ShownRun> {
  const { context, project, directory } = call;
  const links = linksOf(call);
  const row = await context.store
    .selectFrom('run')
    .innerJoin('event', 'event.id', 'run.event_id')
    .select('event.facts')
    .where('run.id', '=', run.id)
    .executeTakeFirst();
  const { payload = {} } = JSON.parse(row?.facts ?? '{}') as Partial<EventFacts>;
  const headSha = textAt(payload, 'pull_request', 'head', 'sha') ?? run.sha;
  const headBranch = textAt(payload, 'pull_request', 'head', 'ref') ?? shortName(run.ref);
  const number = numberAt(payload, 'pull_request', 'number');
  const permissions = { admin: false, push: false, pull: true };
  return {
    run,
    headSha,
    headBranch,
    headCommit: await headCommitOf(directory, headSha),
    repository: repositoryShape({ links, project, permissions, pushedAt: project.createdAt }),
    pullRequests:
      number === null
        ? []
        : [
            {
              id: number,
              number,
              url: `${links.api}/pulls/${number}`,
              head: { ref: headBranch, sha: headSha },
              base: {
                ref: textAt(payload, 'pull_request', 'base', 'ref'),
                sha: textAt(payload, 'pull_request', 'base', 'sha'),
              },
            },
          ],
  };
}

async function headCommitOf(directory: string, sha: string): Promise<object | null> {
  const commit = await readOneCommit(directory, sha);
  if (commit === null) return null;
  const { tree, message, author, committer } = commit;
  return {
    id: sha,
    tree_id: tree,
    message,
    timestamp: committer.date,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

function shortName(ref: string): string | null {
  return /^refs\/(?:heads|tags)\/(.+)$/.exec(ref)?.[1] ?? null;
}
