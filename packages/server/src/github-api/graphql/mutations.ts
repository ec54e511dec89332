import type { pullRequestChangeSchema } from '@slipway/contracts/api/pull-requests';
import type { z } from 'zod';
import { editPullRequest } from '../../pull-requests/edit-pull-request.ts';
import { mergePullRequest } from '../../pull-requests/merge-pull-request.ts';
import { openPullRequest } from '../../pull-requests/open-pull-request.ts';
import { reviewPullRequest } from '../../pull-requests/review-pull-request.ts';
import { enterRepository, makerOf, type RepositoryCall } from '../github-context.ts';
import { addComment } from '../records/comments.ts';
import { readNodeId } from '../shapes/links.ts';
import { tellOfComment } from '../tell-of-comment.ts';
import { enterPullRequest } from './enter-pull-request.ts';
import { commentNode, pullRequestNode, reviewNode } from './pull-request-node.ts';

type Caller = Pick<RepositoryCall, 'c' | 'context'>;
type Input<Fields> = { input: Fields };
type Change = z.output<typeof pullRequestChangeSchema>;

interface Creation {
  repositoryId: string;
  baseRefName: string;
  headRefName: string;
  title: string;
  body?: string | null;
  draft?: boolean | null;
}
interface MergeInput {
  pullRequestId: string;
  mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE' | null;
  commitHeadline?: string | null;
  commitBody?: string | null;
  expectedHeadOid?: string | null;
}
interface ReviewInput {
  pullRequestId: string;
  event?: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT' | null;
  body?: string | null;
}

const verdicts = { APPROVE: 'approved', REQUEST_CHANGES: 'changes-requested', COMMENT: 'commented' } as const;
const methods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;
const writing = ['pull-request.write', 'pull-request.read'] as const;

/** What gh changes. Rules and permissions are those of the REST interface. */
export function mutationsOf(caller: Caller) {
  const edit = async (id: string, change: Change) => {
    const { call, row } = await enterPullRequest(caller, id, writing);
    const { principal } = call.c.var;
    const wanted = { principal, number: row.number, change };
    return { pullRequest: pullRequestNode(call, await editPullRequest(call.context, call.project, wanted)) };
  };
  type Named = Input<{ pullRequestId: string }>;
  return {
    async createPullRequest({ input }: Input<Creation>) {
      const name = readNodeId('Repository', input.repositoryId) ?? '';
      const call = await enterRepository(caller, name, writing);
      const row = await openPullRequest(call.context, call.project, {
        principal: call.c.var.principal,
        title: input.title,
        body: input.body ?? '',
        head: input.headRefName.replace(/^[^:/]+:/, ''),
        base: input.baseRefName,
        draft: input.draft ?? false,
      });
      return { pullRequest: pullRequestNode(call, row) };
    },
    updatePullRequest: ({ input }: Input<{ pullRequestId: string } & Record<string, string | null>>) =>
      edit(input.pullRequestId, {
        ...(input.title != null && { title: input.title }),
        ...(input.body != null && { body: input.body }),
        ...(input.baseRefName != null && { base: input.baseRefName }),
      }),
    closePullRequest: ({ input }: Named) => edit(input.pullRequestId, { state: 'closed' }),
    reopenPullRequest: ({ input }: Named) => edit(input.pullRequestId, { state: 'open' }),
    markPullRequestReadyForReview: ({ input }: Named) => edit(input.pullRequestId, { draft: false }),
    convertPullRequestToDraft: ({ input }: Named) => edit(input.pullRequestId, { draft: true }),
    async mergePullRequest({ input }: Input<MergeInput>) {
      const { call, row } = await enterPullRequest(caller, input.pullRequestId, ['code.write']);
      const message = [input.commitHeadline, input.commitBody].filter(Boolean).join('\n\n');
      const merged = await mergePullRequest(call.context, call.project, {
        principal: call.c.var.principal,
        number: row.number,
        method: methods[input.mergeMethod ?? 'MERGE'],
        sha: input.expectedHeadOid ?? undefined,
        bypass: false,
        ...(message !== '' && { message }),
      });
      return { pullRequest: pullRequestNode(call, merged) };
    },
    async addPullRequestReview({ input }: Input<ReviewInput>) {
      const { call, row } = await enterPullRequest(caller, input.pullRequestId, writing);
      const review = await reviewPullRequest(call.context, call.project, {
        principal: call.c.var.principal,
        number: row.number,
        verdict: verdicts[input.event ?? 'COMMENT'],
        body: input.body ?? '',
      });
      return { pullRequestReview: reviewNode(review) };
    },
    async addComment({ input }: Input<{ subjectId: string; body: string }>) {
      const { call, row } = await enterPullRequest(caller, input.subjectId, [
        'issue.write',
        'pull-request.write',
      ]);
      const { store, now } = call.context;
      const { project, number } = row;
      const author = makerOf(call.c.var.principal);
      const comment = await addComment({ store, now: now() }, { project, number, body: input.body, author });
      await tellOfComment(call, row, comment);
      return { commentEdge: { node: commentNode(call, comment) } };
    },
  };
}
