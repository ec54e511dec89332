import type { Value } from '../expressions/value.ts';
import type { CacheMode } from '../model/workflow.ts';

/** Anybody may make these happen, and they run in the scope of a branch that others trust. */
const fromOutside: ReadonlySet<string> = new Set([
  'pull_request_target',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'fork',
  'watch',
]);

/**
 * What a job may do with caches that does not say `cache-mode`: where somebody from outside has a hand in it, restore but not save, as
 * what is saved there is restored by pushes and releases.
 * @see https://github.blog/changelog/2026-06-26-read-only-actions-cache-for-untrusted-triggers
 */
export function defaultCacheMode({ event_name: name, event, repository }: Record<string, Value>): CacheMode {
  if (typeof name !== 'string') return 'write';
  if (name !== 'workflow_run') return fromOutside.has(name) ? 'read' : 'write';
  const cause = at(event, 'workflow_run', 'event');
  const from = at(event, 'workflow_run', 'head_repository', 'full_name');
  // Names are the same in any case.
  const isOwn = from === undefined || String(from).toLowerCase() === String(repository).toLowerCase();
  return isOwn && !(typeof cause === 'string' && fromOutside.has(cause)) ? 'write' : 'read';
}

function at(value: Value | undefined, ...path: string[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner[key] : undefined,
    value,
  );
}
