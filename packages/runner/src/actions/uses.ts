import { ActionError } from './action-error.ts';

/** A step's `uses:`, taken apart. */
export type Uses = RemoteUses | WorkspaceUses | OwnRepositoryUses | ImageUses;

/** `owner/repo[/path]@ref`. */
export interface RemoteUses {
  kind: 'remote';
  /** `owner/repo`, as written. */
  repository: string;
  /** Folder in the repository; '' is its root. */
  path: string;
  /** Branch, tag, full ref or commit sha. */
  ref: string;
}

/** `./path`: a folder of the workspace, as it is when the step starts. */
export interface WorkspaceUses {
  kind: 'workspace';
  path: string;
}

/** `$/path`: a folder of the repository that holds the file with this `uses:`. */
export interface OwnRepositoryUses {
  kind: 'own-repository';
  path: string;
}

/** `docker://image`. */
export interface ImageUses {
  kind: 'image';
  image: string;
}

export interface InvalidUses {
  kind: 'invalid';
  /** What is wrong, without the value itself. */
  reason: string;
}

/**
 * Reads `uses:` of a step.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/DTPipelines/Pipelines/ObjectTemplating/PipelineTemplateConverter.cs
 */
export function parseUses(uses: string): Uses | InvalidUses {
  if (uses.startsWith('docker://')) return { kind: 'image', image: uses.slice('docker://'.length) };
  if (uses.startsWith('./') || uses.startsWith('.\\') || uses === '.')
    return { kind: 'workspace', path: uses.replaceAll('\\', '/') };
  if (uses.startsWith('$/')) return parseOwnRepository(uses);
  return parseRemote(uses);
}

function parseOwnRepository(uses: string): OwnRepositoryUses | InvalidUses {
  const path = uses.slice(2);
  if (path.includes('@')) return invalid('a $/ reference takes no @ref: it is always the running commit');
  if (path.split('/').includes('..')) return invalid('a $/ reference must stay inside its repository');
  return { kind: 'own-repository', path };
}

function parseRemote(uses: string): RemoteUses | InvalidUses {
  const at = uses.indexOf('@');
  if (at < 0) return invalid('the @ref is missing');
  const [owner = '', repository = '', ...path] = uses.slice(0, at).split('/');
  const ref = uses.slice(at + 1);
  if (!OWNER.test(owner) || !REPOSITORY.test(repository))
    return invalid('it must begin with owner/repository');
  if (path.some((part) => part === '..')) return invalid('the path must stay inside the repository');
  if (ref === '') return invalid('the ref after @ is empty');
  if (!isRefName(ref)) return invalid(`'${ref}' can't be the name of a branch, a tag or a commit`);
  return {
    kind: 'remote',
    repository: `${owner}/${repository}`,
    path: path.filter((part) => part !== '' && part !== '.').join('/'),
    ref,
  };
}

// A leading dash would reach git as an option; `.` and `..` would leave the cache's folder.
const OWNER = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const REPOSITORY = /^(?!\.{1,2}$)[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;

/** The rules of `git check-ref-format`, for a name that may be abbreviated. */
function isRefName(ref: string): boolean {
  return (
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|^\/|\/$|^-/.test(ref) &&
    !ref.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'))
  );
}

function invalid(reason: string): InvalidUses {
  return { kind: 'invalid', reason };
}

/**
 * {@link parseUses} for what must be valid.
 * @throws ActionError `invalid-uses`
 */
export function understandUses(uses: string): Uses {
  const parsed = parseUses(uses);
  if (parsed.kind !== 'invalid') return parsed;
  throw new ActionError(
    'invalid-uses',
    `'${uses}' is not an action: ${parsed.reason}`,
    'Write owner/repo[/path]@ref, ./path, $/path or docker://image.',
  );
}

/** A remote action as it is written in a file. */
export function writtenUses({ repository, path, ref }: RemoteUses): string {
  return `${repository}${path === '' ? '' : `/${path}`}@${ref}`;
}

/** Whether a ref is a whole commit sha: 40 hex digits, or 64 in a sha256 repository. */
export function isCommitSha(ref: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);
}
