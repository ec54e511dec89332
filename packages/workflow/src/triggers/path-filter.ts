import type { Trigger } from '../model/workflow.ts';
import type { EventFacts } from './event-facts.ts';
import { listed } from './listed.ts';
import { takesIn } from './name-filter.ts';

/** Files of a difference that path filters look at; the rest goes unseen. */
const maxSeenFiles = 300;

/**
 * Why the changed files don't start the workflow; undefined if they do, or if what changed is not known.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#git-diff-comparisons
 */
export function refusePaths(trigger: Trigger, event: EventFacts): string | undefined {
  const { paths, pathsIgnore } = trigger;
  if (paths === undefined && pathsIgnore === undefined) return undefined;
  if (event.changedFiles === undefined || !hasDifference(event)) return undefined;
  const seen = event.changedFiles.slice(0, maxSeenFiles);
  if (seen.length === 0) return 'It runs on changed files, and none is changed.';
  if (paths !== undefined && !seen.some((file) => takesIn(paths, file))) {
    return `It runs when ${listed(paths, 'or')} changes, not on ${describeFiles(event.changedFiles)}.`;
  }
  if (pathsIgnore?.length && seen.every((file) => takesIn(pathsIgnore, file))) {
    return `It ignores changes of ${listed(pathsIgnore, 'and')}, which covers ${describeFiles(event.changedFiles)}.`;
  }
  return undefined;
}

/** A tag changes no file. */
function hasDifference({ name, ref }: EventFacts): boolean {
  if (name === 'push') return !ref.startsWith('refs/tags/');
  return name === 'pull_request' || name === 'pull_request_target';
}

function describeFiles(files: readonly string[]): string {
  const unseen = files.length > maxSeenFiles ? ` (only the first ${maxSeenFiles} are looked at)` : '';
  if (files.length === 1) return `a change of ${files[0]}`;
  return `changes of ${files[0]} and ${files.length - 1} more${unseen}`;
}
