import { ActionError } from './action-error.ts';
import type { RemoteUses } from './uses.ts';

/** GitHub's own place for it. @see https://docs.github.com/en/actions/concepts/security/workflow-dependency-lockfiles */
export const LOCKFILE_PATH = '.github/workflows/actions.lock';

/**
 * Which commit each action is locked to, in GitHub's format (version v0.0.2). Plain JSON.
 * @see https://github.com/github/actions-lockfile/blob/main/schema/lockfile-v0.0.2.json
 */
export interface Lockfile {
  /** Workflow file to the keys that it uses. A workflow that is listed may use nothing that is not locked. */
  workflows: Record<string, string[]>;
  /** Keyed by {@link lockKey}. */
  dependencies: Record<string, LockedAction>;
}

export interface LockedAction {
  /** The tag or branch that the commit was found by. */
  ref: string;
  sha: string;
  /** GitHub's numeric ids; absent if the entry was written without access to GitHub's API. */
  ownerId?: number;
  repositoryId?: number;
  /** Keys of what a composite action uses itself. */
  uses?: string[];
}

/** `owner/repo@ref`, names in lower case. The path within the repository is no part of it. */
export function lockKey({ repository, ref }: Pick<RemoteUses, 'repository' | 'ref'>): string {
  return `${repository.toLowerCase()}@${ref}`;
}

export type LockVerdict =
  | { kind: 'free' }
  | { kind: 'locked'; sha: string }
  /** The workflow is locked, this action is not. */
  | { kind: 'missing' };

/** What the lockfile says about an action that a workflow uses, directly or through another action. */
export function assessLock(
  lockfile: Lockfile | undefined,
  uses: RemoteUses,
  workflowPath?: string,
): LockVerdict {
  const locked = lockfile?.dependencies[lockKey(uses)];
  if (locked !== undefined) return { kind: 'locked', sha: locked.sha };
  const mustBeLocked = workflowPath !== undefined && lockfile?.workflows[workflowPath] !== undefined;
  return { kind: mustBeLocked ? 'missing' : 'free' };
}

/** @throws ActionError `invalid-lockfile` with line and column */
export async function parseLockfile(content: string): Promise<Lockfile> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(content, { schema: 'failsafe' });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    throw invalid(`:${line}:${col}: ${problem.message.split('\n')[0]}`);
  }
  return convert(document.toJS());
}

/** Every scalar is a string here: the failsafe schema knows no other. */
function convert(root: unknown): Lockfile {
  const { version, workflows = {}, dependencies = {}, ...unknown } = mapping(root, 'the file');
  if (version !== 'v0.0.2') throw invalid(`: version is '${String(version)}', and only v0.0.2 is known`);
  for (const key of Object.keys(unknown)) throw invalid(`: unknown key '${key}'`);
  return {
    workflows: Object.fromEntries(
      Object.entries(mapping(workflows, 'workflows')).map(([path, keys]) => [
        path,
        strings(keys, path).map(canonical),
      ]),
    ),
    dependencies: Object.fromEntries(
      Object.entries(mapping(dependencies, 'dependencies')).map(([key, entry]) => [
        canonical(key),
        action(key, entry),
      ]),
    ),
  };
}

function action(key: string, entry: unknown): LockedAction {
  const { ref, commit, owner_id, repo_id, uses } = mapping(entry, key);
  const sha =
    typeof commit === 'string' ? commit.match(/^(?:sha1-([0-9a-f]{40})|sha256-([0-9a-f]{64}))$/i) : null;
  if (typeof ref !== 'string' || sha === null)
    throw invalid(`: '${key}' needs a ref and a commit like sha1-…`);
  const locked: LockedAction = { ref, sha: (sha[1] ?? sha[2] ?? '').toLowerCase() };
  if (owner_id !== undefined) locked.ownerId = Number(owner_id);
  if (repo_id !== undefined) locked.repositoryId = Number(repo_id);
  if (uses !== undefined) locked.uses = strings(uses, key).map(canonical);
  return locked;
}

function canonical(key: string): string {
  const at = key.indexOf('@');
  return key.slice(0, at).toLowerCase() + key.slice(at);
}

function mapping(value: unknown, name: string): Record<string, unknown> {
  if (value === '' || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`: ${name} must be a mapping`);
}

function strings(value: unknown, name: string): string[] {
  if (value === '' || value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw invalid(`: ${name} must be a list of owner/repo@ref`);
}

function invalid(what: string): ActionError {
  return new ActionError(
    'invalid-lockfile',
    LOCKFILE_PATH + what,
    "Delete the file and run 'slipway lock': it is not meant to be edited.",
  );
}

/** The file's text: sorted and quoted, so that the same content is always the same text. */
export function serializeLockfile({ workflows, dependencies }: Lockfile): string {
  const lines = [
    '# Machine-generated; do not edit. Locks the actions that the workflows use to commits.',
    "version: 'v0.0.2'",
  ];
  if (Object.keys(workflows).length > 0) lines.push('workflows:');
  for (const [path, keys] of sorted(workflows)) {
    lines.push(
      `    ${quote(path)}:${keys.length === 0 ? ' []' : ''}`,
      ...keys.toSorted().map((key) => `        - ${quote(key)}`),
    );
  }
  if (Object.keys(dependencies).length > 0) lines.push('dependencies:');
  for (const [key, locked] of sorted(dependencies))
    lines.push(`    ${quote(key)}:`, ...serializeAction(locked));
  return `${lines.join('\n')}\n`;
}

function serializeAction({ ref, sha, ownerId, repositoryId, uses }: LockedAction): string[] {
  const lines = [`ref: ${quote(ref)}`, `commit: ${quote(`${sha.length === 64 ? 'sha256' : 'sha1'}-${sha}`)}`];
  if (ownerId !== undefined) lines.push(`owner_id: ${ownerId}`);
  if (repositoryId !== undefined) lines.push(`repo_id: ${repositoryId}`);
  if (uses !== undefined && uses.length > 0)
    lines.push('uses:', ...uses.toSorted().map((key) => `    - ${quote(key)}`));
  return lines.map((line) => `        ${line}`);
}

function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
