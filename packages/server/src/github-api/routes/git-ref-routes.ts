import { z } from 'zod';
import { readRefs } from '../../repositories/read-commits.ts';
import { typeOfObject } from '../git/read-tree.ts';
import { createRef, deleteRef, readRef, updateRef } from '../git/write-refs.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { GithubError, invalidField, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { readBody } from '../read-body.ts';
import { linksOf, nodeId } from '../shapes/links.ts';

const newSchema = z.object({ ref: z.string().min(1), sha: z.string() });
const changeSchema = z.object({ sha: z.string(), force: z.boolean().default(false) });

/** @see https://docs.github.com/en/rest/git/refs */
export function addGitRefRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/git/ref/:ref{.+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    return c.json(await refShape(call, `refs/${c.req.param('ref')}`));
  });
  api.get('/repos/:owner/:repo/git/matching-refs/:ref{.*}', async (c) => {
    const call = await enter(c, context, 'code.read');
    const prefix = `refs/${c.req.param('ref')}`;
    const refs = [...(await readRefs(call.directory)).keys()].filter((ref) => ref.startsWith(prefix));
    return c.json(await Promise.all(pageOf(c, context.publicUrl, refs).map((ref) => refShape(call, ref))));
  });
  api.post('/repos/:owner/:repo/git/refs', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { ref, sha } = await readBody(c, newSchema);
    await assertObject(call, ref, sha);
    await createRef(call, { ref, sha });
    const shape = await refShape(call, ref);
    return c.json(shape, 201, { location: shape.url });
  });
  api.patch('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const call = await enter(c, context, 'code.write');
    const ref = `refs/${c.req.param('ref')}`;
    const { sha, force } = await readBody(c, changeSchema);
    await assertObject(call, ref, sha);
    await updateRef(call, { ref, sha, force });
    return c.json(await refShape(call, ref));
  });
  api.delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const call = await enter(c, context, 'code.write');
    await deleteRef(call, `refs/${c.req.param('ref')}`);
    return c.body(null, 204);
  });
}

async function refShape(call: RepositoryCall, ref: string) {
  const sha = await readRef(call, ref);
  if (sha === null) throw notFound();
  const type = (await typeOfObject(call.directory, sha)) ?? 'commit';
  const { api } = linksOf(call);
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${api}/git/${ref}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}

/** A branch names a commit, a tag what it likes. @throws GithubError 422 */
async function assertObject({ directory }: RepositoryCall, ref: string, sha: string): Promise<void> {
  const type = await typeOfObject(directory, sha);
  if (type === null) throw new GithubError(422, 'Object does not exist');
  if (type !== 'commit' && !ref.startsWith('refs/tags/')) {
    throw invalidField('Reference', 'sha', 'Only commits may be branches.');
  }
}
