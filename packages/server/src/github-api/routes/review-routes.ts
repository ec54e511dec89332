import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { mergePullRequest } from '../../pull-requests/merge-pull-request.ts';
import { listReviews } from '../../pull-requests/pull-request.ts';
import { reviewPullRequest } from '../../pull-requests/review-pull-request.ts';
import { enter, type GithubContext, type GithubRouter } from '../github-context.ts';
import { GithubError, invalidField, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody } from '../read-body.ts';
import { requirePullRequest } from '../records/pull-requests.ts';
import { linksOf } from '../shapes/links.ts';
import { reviewShape } from '../shapes/pull-request.ts';

const verdicts = { APPROVE: 'approved', REQUEST_CHANGES: 'changes-requested', COMMENT: 'commented' } as const;
const reviewSchema = z.object({
  body: z.string().max(65_536).nullish(),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
  commit_id: z.string().optional(),
});
const mergeSchema = z.object({
  commit_title: optionalText,
  commit_message: optionalText,
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
});

/** Reviews of pull requests and their merge. @see https://docs.github.com/en/rest/pulls/reviews */
export function addReviewRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, publicUrl } = context;
  api.get('/repos/:owner/:repo/pulls/:number/reviews', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const all = await listReviews(store, await requirePullRequest(call));
    return c.json(pageOf(c, publicUrl, all).map((review) => reviewShape(linksOf(call), review)));
  });
  api.post('/repos/:owner/:repo/pulls/:number/reviews', async (c) => {
    const call = await enter(c, context, 'pull-request.write', 'pull-request.read');
    const { number } = await requirePullRequest(call);
    const { body, event, commit_id: sha } = await readBody(c, reviewSchema);
    if (event === undefined) {
      throw invalidField('PullRequestReview', 'event', 'There are no pending reviews here: send an event.');
    }
    const review = await reviewPullRequest(context, call.project, {
      principal: c.var.principal,
      number,
      verdict: verdicts[event],
      body: body ?? '',
      sha,
    });
    return c.json(reviewShape(linksOf(call), review));
  });
  api.get('/repos/:owner/:repo/pulls/:number/merge', async (c) => {
    const { state } = await requirePullRequest(await enter(c, context, 'pull-request.read'));
    if (state !== 'merged') throw notFound();
    return c.body(null, 204);
  });
  api.put('/repos/:owner/:repo/pulls/:number/merge', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { number } = await requirePullRequest(call);
    const { commit_title, commit_message, sha, merge_method: method } = await readBody(c, mergeSchema);
    const message = [commit_title, commit_message].filter(Boolean).join('\n\n');
    const merged = await mergePullRequest(context, call.project, {
      principal: c.var.principal,
      number,
      method,
      sha,
      bypass: false,
      ...(message !== '' && { message }),
    }).catch(notMergeable);
    return c.json({
      sha: merged.merge_commit_sha,
      merged: true,
      message: 'Pull Request successfully merged',
    });
  });
}

/** GitHub's word for it is 405. */
function notMergeable(error: unknown): never {
  const isBlocked = error instanceof SlipwayError && ['merge-blocked', 'merge-conflict'].includes(error.code);
  if (isBlocked) throw new GithubError(405, `Pull Request is not mergeable. ${error.message}`);
  throw error;
}
