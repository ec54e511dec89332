import type { Diagnostic, Read } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';

/** What GitHub's documentation says of an event that may stand under `on:`. */
export interface EventDescription {
  /** Activity types that the event may have; absent: it has none. `'any'`: the sender chooses. */
  types?: readonly string[] | 'any';
  /** The types that start a workflow which names none; absent: all. */
  defaultTypes?: readonly string[];
  /**
   * What GITHUB_REF and GITHUB_SHA are: what the payload is about, the pull request's merge commit, or the default branch.
   */
  runsOn: 'subject' | 'merge' | 'default-branch';
}

const pullRequestTypes = [
  'assigned',
  'unassigned',
  'labeled',
  'unlabeled',
  'opened',
  'edited',
  'closed',
  'reopened',
  'synchronize',
  'converted_to_draft',
  'locked',
  'unlocked',
  'enqueued',
  'dequeued',
  'milestoned',
  'demilestoned',
  'ready_for_review',
  'review_requested',
  'review_request_removed',
  'auto_merge_enabled',
  'auto_merge_disabled',
  'stacked',
];
const pullRequestDefaults = ['opened', 'synchronize', 'reopened'];
const commentTypes = ['created', 'edited', 'deleted'];

/**
 * Every event that GitHub starts workflows by.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
export const events: Readonly<Record<string, EventDescription>> = {
  branch_protection_rule: { types: ['created', 'edited', 'deleted'], runsOn: 'default-branch' },
  check_run: {
    types: ['created', 'rerequested', 'completed', 'requested_action'],
    runsOn: 'default-branch',
  },
  check_suite: { types: ['completed'], runsOn: 'default-branch' },
  create: { runsOn: 'subject' },
  delete: { runsOn: 'default-branch' },
  deployment: { runsOn: 'subject' },
  deployment_status: { runsOn: 'subject' },
  discussion: {
    types: [
      ...['created', 'edited', 'deleted', 'transferred', 'pinned', 'unpinned', 'labeled', 'unlabeled'],
      ...['locked', 'unlocked', 'category_changed', 'answered', 'unanswered'],
    ],
    runsOn: 'default-branch',
  },
  discussion_comment: { types: commentTypes, runsOn: 'default-branch' },
  fork: { runsOn: 'default-branch' },
  gollum: { runsOn: 'default-branch' },
  image_version: { types: ['created', 'ready', 'deleted'], runsOn: 'default-branch' },
  issue_comment: { types: commentTypes, runsOn: 'default-branch' },
  issues: {
    types: [
      ...['opened', 'edited', 'deleted', 'transferred', 'pinned', 'unpinned', 'closed', 'reopened'],
      ...[
        'assigned',
        'unassigned',
        'labeled',
        'unlabeled',
        'locked',
        'unlocked',
        'milestoned',
        'demilestoned',
      ],
      ...['field_added', 'field_removed', 'typed', 'untyped'],
    ],
    runsOn: 'default-branch',
  },
  label: { types: ['created', 'edited', 'deleted'], runsOn: 'default-branch' },
  merge_group: { types: ['checks_requested'], runsOn: 'subject' },
  milestone: { types: ['created', 'closed', 'opened', 'edited', 'deleted'], runsOn: 'default-branch' },
  page_build: { runsOn: 'default-branch' },
  project: { types: ['created', 'closed', 'reopened', 'edited', 'deleted'], runsOn: 'default-branch' },
  project_card: { types: ['created', 'moved', 'converted', 'edited', 'deleted'], runsOn: 'default-branch' },
  project_column: { types: ['created', 'updated', 'moved', 'deleted'], runsOn: 'default-branch' },
  public: { runsOn: 'default-branch' },
  pull_request: { types: pullRequestTypes, defaultTypes: pullRequestDefaults, runsOn: 'merge' },
  pull_request_comment: { runsOn: 'default-branch' },
  pull_request_review: { types: ['submitted', 'edited', 'dismissed'], runsOn: 'merge' },
  pull_request_review_comment: { types: commentTypes, runsOn: 'merge' },
  pull_request_target: {
    types: pullRequestTypes,
    defaultTypes: pullRequestDefaults,
    runsOn: 'default-branch',
  },
  push: { runsOn: 'subject' },
  registry_package: { types: ['published', 'updated'], runsOn: 'subject' },
  release: {
    types: ['published', 'unpublished', 'created', 'edited', 'deleted', 'prereleased', 'released'],
    runsOn: 'subject',
  },
  repository_dispatch: { types: 'any', runsOn: 'default-branch' },
  schedule: { runsOn: 'default-branch' },
  status: { runsOn: 'default-branch' },
  watch: { types: ['started'], runsOn: 'default-branch' },
  workflow_call: { runsOn: 'subject' },
  workflow_dispatch: { runsOn: 'subject' },
  workflow_run: { types: ['completed', 'requested', 'in_progress'], runsOn: 'default-branch' },
};

/** What GITHUB_REF and GITHUB_SHA of an event are, and whose workflow files it starts; undefined for no event of GitHub's. */
export function eventRunsOn(name: string): EventDescription['runsOn'] | undefined {
  return Object.hasOwn(events, name) ? events[name]?.runsOn : undefined;
}

/** Events that happen; `workflow_call` is what a workflow does to another. */
const occurring = Object.keys(events).filter((name) => name !== 'workflow_call');

/** Checks the name of an event that someone wants to happen. `file` is where a mistake is said to be. */
export function readEventName(name: string, file = 'event'): Read<string> {
  if (occurring.includes(name)) return { value: name, diagnostics: [] };
  const guess = nearestName(name, occurring);
  const problem: Diagnostic = {
    file,
    line: 1,
    column: 1,
    severity: 'error',
    code: 'unknown-event',
    message:
      name === 'workflow_call' ? 'workflow_call is no event that happens' : `There is no event '${name}'`,
    mend:
      guess !== undefined && name !== 'workflow_call'
        ? `Did you mean '${guess}'?`
        : `Use one of ${occurring.join(', ')}.`,
  };
  return { value: undefined, diagnostics: [problem] };
}
