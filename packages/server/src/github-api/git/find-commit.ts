import { git } from '../../repositories/git.ts';
import { invalidField, notFound } from '../github-error.ts';

/**
 * The commit that a branch, a tag or a hash names; branches come first, as on GitHub. Git's own ways to name commits by others
 * (`main~3`, `:/text`) are not taken.
 * @returns null if there is none
 */
export async function findCommit(directory: string, name: string): Promise<string | null> {
  if (!isPlainName(name)) return null;
  const short = name.replace(/^refs\//, '');
  const names = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${short}`];
  if (/^[0-9a-f]{4,40}$/i.test(name)) names.push(name);
  const input = names.map((one) => `${one}^{commit}\n`).join('');
  const answers = (await git(directory, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input }))
    .trimEnd()
    .split('\n');
  return answers.map((line) => /^([0-9a-f]{40}) commit$/.exec(line)?.[1]).find(Boolean) ?? null;
}

/** @throws GithubError 404 */
export async function requireCommit(directory: string, name: string): Promise<string> {
  const sha = await findCommit(directory, name);
  if (sha === null) throw notFound();
  return sha;
}

/** The same for a name in a body. @throws GithubError 422 */
export async function commitOfBody(
  directory: string,
  { name, resource, field }: { name: string; resource: string; field: string },
): Promise<string> {
  const sha = await findCommit(directory, name);
  if (sha === null) throw invalidField(resource, field, `No commit found for ${field}: ${name}`);
  return sha;
}

/** A name that git takes for nothing but a name. */
export function isPlainName(name: string): boolean {
  return name !== '' && name.length <= 300 && !/^[-/]|[\s~^:?*[\\\0]|\.\.|@\{|\/$|\.lock$/.test(name);
}
