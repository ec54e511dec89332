import { requirePermission } from '../../access/permission.ts';
import { listCheckRuns } from '../../checks/check-runs.ts';
import { latestCommitStatuses } from '../../checks/commit-statuses.ts';
import { rulesFor } from '../../protection/protection-rules.ts';
import { rulesInForce } from '../../protection/rules-in-force.ts';
import { lastWords, listReviews, type Review } from '../../pull-requests/pull-request.ts';
import { mergeBase } from '../../repositories/read-commits.ts';
import { diffFiles, type FileChange } from '../git/diff-files.ts';
import { type Commit, listCommits } from '../git/read-history.ts';
import { makerOf, type RepositoryCall } from '../github-context.ts';
import { type IssueComment, listComments } from '../records/comments.ts';
import { jobCheckRuns } from '../records/job-check-runs.ts';
import type { PullRequestRow } from '../records/pull-requests.ts';
import { linksOf, nodeId, timeText } from '../shapes/links.ts';
import { timeOrNull } from '../shapes/pull-request.ts';
import { connection, type ListArguments, none } from './connections.ts';
import { namedRepository } from './repository-node.ts';
import { actorNode } from './user-node.ts';

/** A pull request as GraphQL shows it; what takes git or the store is worked out only if it is asked for. */
export function pullRequestNode(call: RepositoryCall, row: PullRequestRow) {
  const { html } = linksOf(call);
  const { number, state, draft, merge_sha } = row;
  const isOpen = state === 'open';
  const files = once(() => changedFiles(call, row));
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', row.id),
    number,
    title: row.title,
    body: row.body,
    state: state.toUpperCase(),
    closed: !isOpen,
    url: `${html}/pull/${number}`,
    author: actorNode(row.author),
    isDraft: draft === 1,
    createdAt: timeText(row.created_at),
    updatedAt: timeText(row.updated_at),
    closedAt: timeOrNull(row.closed_at),
    mergedAt: timeOrNull(row.merged_at),
    mergedBy: row.merged_by === null ? null : actorNode(row.merged_by),
    maintainerCanModify: false,
    mergeable: !isOpen ? 'UNKNOWN' : merge_sha === null ? 'CONFLICTING' : 'MERGEABLE',
    mergeStateStatus: draft === 1 ? 'DRAFT' : !isOpen ? 'UNKNOWN' : merge_sha === null ? 'DIRTY' : 'CLEAN',
    additions: async () => (await files()).reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await files()).reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: async () => (await files()).length,
    files: async (args: ListArguments) => connection(await files(), args),
    baseRefName: row.base_ref,
    headRefName: row.head_ref,
    baseRefOid: row.base_sha,
    headRefOid: row.head_sha,
    isCrossRepository: false,
    headRepository: () => namedRepository(call),
    headRepositoryOwner: () => namedRepository(call).owner,
    reviewDecision: () => decisionOf(call, row),
    commits: async (args: ListArguments) =>
      connection(
        (await commitsOf(call, row)).map((commit) => ({ commit: commitNode(call, row, commit) })),
        args,
      ),
    reviews: async (args: ListArguments) =>
      connection((await listReviews(call.context.store, row)).map(reviewNode), args),
    latestReviews: async (args: ListArguments) =>
      connection(lastWords(await listReviews(call.context.store, row)).map(reviewNode), args),
    comments: async (args: ListArguments) =>
      connection(
        (await commentsOf(call, row)).map((comment) => commentNode(call, comment)),
        args,
      ),
    reviewRequests: none,
    assignees: none,
    labels: none,
    projectCards: none,
    projectItems: none,
    reactionGroups: [],
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function changedFiles({ directory }: RepositoryCall, row: PullRequestRow): Promise<FileChange[]> {
  const { base_sha, head_sha } = row;
  return diffFiles(directory, (await mergeBase(directory, base_sha, head_sha)) ?? base_sha, head_sha);
}

function commitsOf({ directory }: RepositoryCall, { base_sha, head_sha }: PullRequestRow): Promise<Commit[]> {
  return listCommits(directory, { revisions: [`${base_sha}..${head_sha}`], oldestFirst: true });
}

function commentsOf({ context }: RepositoryCall, { project, number }: PullRequestRow) {
  return listComments(context.store, { project, number });
}

async function decisionOf({ context }: RepositoryCall, row: PullRequestRow): Promise<string | null> {
  const words = lastWords(await listReviews(context.store, row));
  if (words.some(({ verdict }) => verdict === 'changes-requested')) return 'CHANGES_REQUESTED';
  return words.some(({ verdict }) => verdict === 'approved') ? 'APPROVED' : null;
}

export function reviewNode(review: Review) {
  return {
    id: nodeId('PullRequestReview', review.id),
    author: actorNode(review.reviewer),
    authorAssociation: review.may_write === 1 ? 'MEMBER' : 'CONTRIBUTOR',
    submittedAt: timeText(review.submitted_at),
    body: review.body,
    state: review.dismissed_at === null ? review.verdict.replace('-', '_').toUpperCase() : 'DISMISSED',
    reactionGroups: [],
  };
}

export function commentNode(call: RepositoryCall, comment: IssueComment) {
  return {
    id: nodeId('IssueComment', comment.id),
    author: actorNode(comment.author),
    authorAssociation: 'MEMBER',
    body: comment.body,
    createdAt: timeText(comment.created_at),
    includesCreatedEdit: comment.updated_at !== comment.created_at,
    isMinimized: false,
    reactionGroups: [],
    url: `${linksOf(call).html}/pull/${comment.number}#issuecomment-${comment.id}`,
    viewerDidAuthor: comment.author === makerOf(call.c.var.principal),
  };
}

function commitNode(call: RepositoryCall, row: PullRequestRow, { sha, message, author, committer }: Commit) {
  const [messageHeadline = '', ...body] = message.split('\n');
  return {
    oid: sha,
    messageHeadline,
    messageBody: body.join('\n').trim(),
    authoredDate: timeText(Date.parse(author.date)),
    committedDate: timeText(Date.parse(committer.date)),
    authors: () => connection([{ name: author.name, email: author.email, user: null }], {}),
    statusCheckRollup: () => rollupOf(call, row, sha),
  };
}

async function rollupOf(call: RepositoryCall, { base_ref }: PullRequestRow, sha: string) {
  const commit = { project: call.project.name, sha };
  const { store } = call.context;
  requirePermission(call.c.var.principal, 'check.read', commit.project);
  requirePermission(call.c.var.principal, 'status.read', commit.project);
  const { protection } = await rulesInForce(call.context, call.project);
  const required = rulesFor(protection, base_ref)?.statusChecks?.contexts ?? [];
  const checks = [...(await listCheckRuns(store, commit)), ...(await jobCheckRuns(call, sha))].map((run) => ({
    __typename: 'CheckRun',
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? '',
    startedAt: timeText(run.started_at),
    completedAt: timeOrNull(run.completed_at),
    detailsUrl: run.details_url,
    isRequired: required.includes(run.name),
  }));
  const statuses = (await latestCommitStatuses(store, commit)).map((status) => ({
    __typename: 'StatusContext',
    context: status.context,
    state: status.state.toUpperCase(),
    targetUrl: status.target_url,
    createdAt: timeText(status.created_at),
    description: status.description,
    isRequired: required.includes(status.context),
  }));
  if (checks.length + statuses.length === 0) return null;
  const words = [
    ...checks.map(({ status, conclusion }) => (status === 'COMPLETED' ? conclusion : 'PENDING')),
    ...statuses.map(({ state }) => state),
  ];
  const isBad = words.some((word) =>
    ['FAILURE', 'ERROR', 'CANCELLED', 'TIMED_OUT', 'ACTION_REQUIRED'].includes(word),
  );
  return {
    state: isBad ? 'FAILURE' : words.includes('PENDING') ? 'PENDING' : 'SUCCESS',
    contexts: (args: ListArguments) => connection([...checks, ...statuses], args),
  };
}
