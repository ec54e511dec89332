import { SlipwayError } from '@slipway/contracts/errors';
import { nameOf } from '../../access/permission.ts';
import { assertRefUpdate } from '../../pull-requests/decide-push.ts';
import { GitError, git } from '../../repositories/git.ts';
import { isAncestor, noCommit } from '../../repositories/read-commits.ts';
import type { RepositoryCall } from '../github-context.ts';
import { GithubError } from '../github-error.ts';
import { isPlainName } from './find-commit.ts';

/** @throws GithubError 422; SlipwayError `not-hosted` */
export async function createRef(
  call: RepositoryCall,
  { ref, sha }: { ref: string; sha: string },
): Promise<void> {
  if (await readRef(call, ref)) throw new GithubError(422, 'Reference already exists');
  await writeRef(call, { ref, before: noCommit, after: sha });
}

/** @throws GithubError 422; SlipwayError `not-hosted` */
export async function updateRef(
  call: RepositoryCall,
  { ref, sha, force }: { ref: string; sha: string; force: boolean },
): Promise<void> {
  const before = await readRef(call, ref);
  if (before === null) throw new GithubError(422, 'Reference does not exist');
  if (!force && !(await isAncestor(call.directory, before, sha))) {
    throw new GithubError(422, 'Update is not a fast forward');
  }
  await writeRef(call, { ref, before, after: sha });
}

/** @throws GithubError 422; SlipwayError `not-hosted` */
export async function deleteRef(call: RepositoryCall, ref: string): Promise<void> {
  const before = await readRef(call, ref);
  if (before === null) throw new GithubError(422, 'Reference does not exist');
  await writeRef(call, { ref, before, after: noCommit });
}

/** What a ref names: of an annotated tag the tag. */
export async function readRef({ directory }: RepositoryCall, ref: string): Promise<string | null> {
  const text = await git(directory, ['for-each-ref', '--format=%(objectname) %(refname)', '--', ref]);
  const line = text.split('\n').find((one) => one.slice(41) === ref);
  return line?.slice(0, 40) ?? null;
}

interface RefWrite {
  ref: string;
  before: string;
  after: string;
}

/** Moves a branch or tag, if it is still where it was, as a push would: the same rules hold, and the same is told. */
async function writeRef(call: RepositoryCall, write: RefWrite): Promise<void> {
  const { c, context, project, directory } = call;
  if (project.settings.source.kind !== 'hosted') {
    throw new SlipwayError('not-hosted', {
      message: `${project.name} is on GitHub: its refs are changed there.`,
    });
  }
  context.assertRoom();
  const { ref, before, after } = write;
  if (!/^refs\/(heads|tags)\/./.test(ref) || !isPlainName(ref)) {
    throw new GithubError(
      422,
      'Reference name must start with refs/heads/ or refs/tags/ and be well-formed.',
    );
  }
  await assertRefUpdate({ sources: context, project, principal: c.var.principal }, write);
  try {
    const change = after === noCommit ? ['-d', ref, before] : [ref, after, before];
    await git(directory, ['update-ref', ...change]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new GithubError(409, `Reference cannot be updated: ${error.message}`, { cause: error });
  }
  await context.onRepositoryChanged(project, nameOf(c.var.principal));
}
