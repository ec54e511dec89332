import type { Trigger, Workflow } from '../model/workflow.ts';
import { type EventFacts, payloadText, payloadValue, type TriggerVerdict } from './event-facts.ts';
import { events } from './event-table.ts';
import { listed } from './listed.ts';
import { refusePaths } from './path-filter.ts';
import { refuseRef } from './ref-filter.ts';

/**
 * Whether the event starts the workflow, by the filters under its `on:`.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#on
 */
export function assessTrigger(workflow: Workflow, event: EventFacts): TriggerVerdict {
  const trigger = Object.hasOwn(workflow.on, event.name) ? workflow.on[event.name] : undefined;
  const reason =
    trigger === undefined || event.name === 'workflow_call'
      ? describeOtherTriggers(workflow, event.name)
      : (refuseSkipped(event) ??
        refuseType(trigger, event) ??
        refuseState(event) ??
        refuseSource(trigger, event) ??
        refuseRef(trigger, event) ??
        refusePaths(trigger, event));
  return reason === undefined ? { kind: 'match' } : { kind: 'no-match', reason };
}

function describeOtherTriggers({ on }: Workflow, name: string): string {
  const others = Object.keys(on).filter((other) => other !== 'workflow_call');
  if (others.length === 0) return 'It runs only when another workflow calls it.';
  return `It runs on ${listed(others, 'and')}, not on ${name}.`;
}

const skipWish =
  /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|(?<=\n\n)\s*skip-checks: ?true(?=\s*$)/;

/**
 * A push or pull request starts nothing if the message of its head commit asks for that.
 * @see https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
 */
function refuseSkipped({ name, payload, headMessage }: EventFacts): string | undefined {
  if (name !== 'push' && name !== 'pull_request') return undefined;
  const message = payloadText(payload, 'head_commit', 'message') ?? headMessage ?? '';
  const wish = skipWish.exec(message);
  return wish === null ? undefined : `The head commit's message asks for no run: '${wish[0].trim()}'.`;
}

function refuseType(trigger: Trigger, { name, payload }: EventFacts): string | undefined {
  const wanted = trigger.types ?? events[name]?.defaultTypes;
  const action = payloadText(payload, 'action');
  if (wanted === undefined || (action !== undefined && wanted.includes(action))) return undefined;
  const expected = `It runs on ${name} of type ${listed(wanted, 'or')}`;
  if (action === undefined) return `${expected}; this event has no type ('action' in its payload).`;
  return `${expected}${trigger.types === undefined ? ' (the default)' : ''}, not ${action}.`;
}

/** States of which GitHub makes no event for workflows. */
function refuseState({ name, payload }: EventFacts): string | undefined {
  if (name === 'deployment_status' && payloadText(payload, 'deployment_status', 'state') === 'inactive') {
    return "A deployment status 'inactive' starts no workflow.";
  }
  const action = payloadText(payload, 'action') ?? '';
  const isDraft = name === 'release' && payloadValue(payload, 'release', 'draft') === true;
  if (!isDraft || !['created', 'edited', 'deleted'].includes(action)) return undefined;
  return `A draft release that is ${action} starts no workflow.`;
}

/** Which schedule or which workflow the event comes from. A `schedule` event that names none stands for all. */
function refuseSource(trigger: Trigger, { name, payload }: EventFacts): string | undefined {
  if (name === 'schedule') {
    const schedule = payloadText(payload, 'schedule');
    const crons = (trigger.schedules ?? []).map(({ cron }) => cron);
    if (schedule === undefined || crons.includes(schedule)) return undefined;
    return `It is scheduled at ${listed(
      crons.map((cron) => `'${cron}'`),
      'and',
    )}, not at '${schedule}'.`;
  }
  if (name !== 'workflow_run' || trigger.workflows === undefined) return undefined;
  const source =
    payloadText(payload, 'workflow_run', 'name') ?? payloadText(payload, 'workflow', 'name') ?? '';
  if (trigger.workflows.includes(source)) return undefined;
  if (source === '')
    return `It follows the workflow ${listed(trigger.workflows, 'or')}, and the event doesn't say which one ran.`;
  return `It follows the workflow ${listed(trigger.workflows, 'or')}, not '${source}'.`;
}
