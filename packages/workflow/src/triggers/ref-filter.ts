import type { Trigger } from '../model/workflow.ts';
import { type EventFacts, payloadText } from './event-facts.ts';
import { listed } from './listed.ts';
import { takesIn } from './name-filter.ts';

/** Why the branch or tag of the event doesn't start the workflow; undefined if it does. */
export function refuseRef(trigger: Trigger, event: EventFacts): string | undefined {
  const { payload } = event;
  switch (event.name) {
    case 'push':
      return refusePush(trigger, event.ref);
    case 'pull_request':
    case 'pull_request_target':
      return refuseBranch(trigger, 'pull requests into', payloadText(payload, 'pull_request', 'base', 'ref'));
    case 'merge_group': {
      const base = payloadText(payload, 'merge_group', 'base_ref');
      return refuseBranch(trigger, 'merge groups for', base?.replace(/^refs\/heads\//, ''));
    }
    case 'workflow_run':
      return refuseBranch(trigger, 'runs on', payloadText(payload, 'workflow_run', 'head_branch'));
    default:
      return undefined;
  }
}

/** A filter of one kind of ref alone leaves pushes of the other kind out. */
function refusePush(trigger: Trigger, ref: string): string | undefined {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (name === undefined) return `'${ref}' is neither a branch nor a tag.`;
  const branches = { only: trigger.branches, ignored: trigger.branchesIgnore };
  const tags = { only: trigger.tags, ignored: trigger.tagsIgnore };
  if (kind === 'heads') {
    if (isSet(tags) && !isSet(branches)) return `It takes pushes of tags only, and '${name}' is a branch.`;
    return refuseName(branches, 'pushes to branches', name);
  }
  if (isSet(branches) && !isSet(tags)) return `It takes pushes to branches only, and '${name}' is a tag.`;
  return refuseName(tags, 'pushes of tags', name);
}

function refuseBranch(trigger: Trigger, what: string, branch: string | undefined): string | undefined {
  const filter = { only: trigger.branches, ignored: trigger.branchesIgnore };
  if (!isSet(filter)) return undefined;
  if (branch === undefined) return `It takes ${what} certain branches only, and the event names no branch.`;
  return refuseName(filter, what, branch);
}

interface NameFilter {
  only: string[] | undefined;
  ignored: string[] | undefined;
}

function isSet({ only, ignored }: NameFilter): boolean {
  return only !== undefined || ignored !== undefined;
}

function refuseName({ only, ignored }: NameFilter, what: string, name: string): string | undefined {
  if (only !== undefined && !takesIn(only, name)) {
    return `It takes ${what} ${listed(only, 'or')} only, not '${name}'.`;
  }
  if (ignored !== undefined && takesIn(ignored, name)) {
    return `It ignores ${what} ${listed(ignored, 'and')}, which covers '${name}'.`;
  }
  return undefined;
}
