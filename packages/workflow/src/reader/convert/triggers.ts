import type { Template } from '../../model/template.ts';
import type { Schedule, Trigger, Triggers } from '../../model/workflow.ts';
import { assessCron, assessTimezone } from '../../triggers/cron.ts';
import type { Findings } from '../findings.ts';
import { childOf, namedEntries, optional, textOf, textsOf } from './access.ts';
import {
  convertCallInputs,
  convertCallOutputs,
  convertCallSecrets,
  convertDispatchInputs,
} from './inputs.ts';

/** The workflow's `on:` in any of its three forms. */
export function convertTriggers(findings: Findings, on: Template | undefined): Triggers {
  const triggers: Triggers = {};
  if (on !== undefined && isEmpty(on)) {
    findings.add({
      at: on.at,
      code: 'no-event',
      message: '`on` names no event.',
      mend: 'Name what starts the workflow, such as `push`.',
    });
  }
  if (on?.kind === 'mapping') {
    for (const { name, at, value } of namedEntries(on))
      triggers[name] = convertTrigger(findings, name, { at, value });
    return triggers;
  }
  for (const event of on?.kind === 'sequence' ? on.items : on ? [on] : []) {
    const name = textOf(event);
    if (name !== undefined) triggers[name] = { at: event.at };
  }
  return triggers;
}

/** GitHub's parser for editors reads such a file, its server refuses it. */
function isEmpty(on: Template): boolean {
  return (
    (on.kind === 'sequence' && on.items.length === 0) || (on.kind === 'mapping' && on.entries.length === 0)
  );
}

function convertTrigger(
  findings: Findings,
  event: string,
  { at, value }: { at: Trigger['at']; value: Template },
): Trigger {
  const trigger: Trigger = { at };
  switch (event) {
    case 'schedule':
      return { ...trigger, schedules: convertSchedules(findings, value) };
    case 'workflow_dispatch':
      return { ...trigger, ...optional('inputs', convertDispatchInputs(findings, childOf(value, 'inputs'))) };
    case 'workflow_call':
      return {
        ...trigger,
        ...optional('inputs', convertCallInputs(findings, childOf(value, 'inputs'))),
        ...optional('secrets', convertCallSecrets(childOf(value, 'secrets'))),
        ...optional('outputs', convertCallOutputs(childOf(value, 'outputs'))),
      };
    default:
      reportConflicts(findings, event, value);
      return { ...trigger, ...convertFilters(value) };
  }
}

const filters = {
  types: 'types',
  branches: 'branches',
  'branches-ignore': 'branchesIgnore',
  tags: 'tags',
  'tags-ignore': 'tagsIgnore',
  paths: 'paths',
  'paths-ignore': 'pathsIgnore',
  workflows: 'workflows',
  names: 'names',
  versions: 'versions',
} as const;

function convertFilters(value: Template): Partial<Trigger> {
  const converted: Partial<Trigger> = {};
  for (const { name, value: list } of namedEntries(value)) {
    if (Object.hasOwn(filters, name)) converted[filters[name as keyof typeof filters]] = textsOf(list);
  }
  return converted;
}

/** GitHub's parser reads such a file, but its server starts no run from it. */
function reportConflicts(findings: Findings, event: string, value: Template): void {
  for (const name of ['branches', 'tags', 'paths']) {
    const [, second] = namedEntries(value).filter(
      (entry) => entry.name === name || entry.name === `${name}-ignore`,
    );
    if (!second) continue;
    findings.add({
      at: second.at,
      code: 'conflicting-filters',
      severity: 'warning',
      message: `\`${event}\` has both \`${name}\` and \`${name}-ignore\`, which GitHub refuses.`,
      mend: `Keep one of them; \`${name}\` can exclude with \`!\`: \`- '!pattern'\`.`,
    });
  }
}

function convertSchedules(findings: Findings, value: Template): Schedule[] {
  const items = value.kind === 'sequence' ? value.items : [];
  return items.flatMap((item): Schedule[] => {
    const cron = childOf(item, 'cron');
    const text = textOf(cron);
    if (cron === undefined || text === undefined) return [];
    const timezone = childOf(item, 'timezone');
    checkSchedule(findings, cron, timezone);
    return [{ cron: text, ...optional('timezone', textOf(timezone)), at: cron.at }];
  });
}

function checkSchedule(findings: Findings, cron: Template, timezone: Template | undefined): void {
  const cronProblem = assessCron(textOf(cron) ?? '');
  if (cronProblem !== undefined) {
    findings.add({
      at: cron.at,
      code: 'invalid-cron',
      message: `${cronProblem}.`,
      mend: 'Write minute, hour, day of the month, month and day of the week: `30 4 * * 1-5`.',
    });
  }
  const zone = textOf(timezone);
  const zoneProblem = zone === undefined ? undefined : assessTimezone(zone);
  if (timezone === undefined || zoneProblem === undefined) return;
  findings.add({
    at: timezone.at,
    code: 'unknown-timezone',
    message: `${zoneProblem}.`,
    mend: 'Write an IANA name, such as `Europe/Berlin`.',
  });
}
