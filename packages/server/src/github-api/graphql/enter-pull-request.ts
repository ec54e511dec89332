import { SlipwayError } from '@slipway/contracts/errors';
import type { Permission } from '../../access/permission.ts';
import { enterRepository, type RepositoryCall } from '../github-context.ts';
import type { PullRequestRow } from '../records/pull-requests.ts';
import { readNodeId } from '../shapes/links.ts';

/** A pull request by its opaque id. @throws SlipwayError `unknown-pull-request`, `forbidden` */
export async function enterPullRequest(
  caller: Pick<RepositoryCall, 'c' | 'context'>,
  id: string,
  anyOf: readonly [Permission, ...Permission[]],
): Promise<{ call: RepositoryCall; row: PullRequestRow }> {
  const rowId = Number(readNodeId('PullRequest', id) ?? Number.NaN);
  const row = Number.isSafeInteger(rowId)
    ? await caller.context.store
        .selectFrom('pull_request')
        .selectAll()
        .where('id', '=', rowId)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new SlipwayError('unknown-pull-request');
  return { call: await enterRepository(caller, row.project, anyOf), row };
}
