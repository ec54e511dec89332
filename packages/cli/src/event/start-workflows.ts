import type { Diagnostic, Workflow } from '@slipway/workflow';
import {
  assessTrigger,
  type EventFacts,
  type Payload,
  resolveDispatchInputs,
  withDispatchInputs,
} from '@slipway/workflow/triggers';
import type { Mistake } from '../command-line/command.ts';
import type { NotStartedWorkflow, StartedWorkflow } from './event-preparation.ts';

export interface Start {
  /** With the inputs of a dispatch. */
  event: EventFacts;
  started: StartedWorkflow[];
  notStarted: NotStartedWorkflow[];
  mistakes: Mistake[];
  diagnostics: Diagnostic[];
}

/** Which workflows the event starts; a dispatch starts one, with the inputs that it defines. */
export function startWorkflows(
  workflows: readonly Workflow[],
  event: EventFacts,
  { inputs }: { inputs: Readonly<Record<string, string>> },
): Start {
  const matching: Workflow[] = [];
  const notStarted: NotStartedWorkflow[] = [];
  for (const workflow of workflows) {
    const verdict = assessTrigger(workflow, event);
    if (verdict.kind === 'match') matching.push(workflow);
    else notStarted.push({ workflow, reason: verdict.reason });
  }
  const start: Start = { event, started: [], notStarted, mistakes: [], diagnostics: [] };
  if (event.name === 'workflow_dispatch') return dispatch(matching, inputs, start);
  const names = Object.keys(inputs);
  const mend = 'Leave it out, or run workflow_dispatch.';
  const mistakes = names.map((name) => ({ message: `--input ${name}: ${event.name} has no inputs`, mend }));
  return { ...start, started: matching.map((workflow) => ({ workflow, inputs: {} })), mistakes };
}

function dispatch(
  matching: readonly Workflow[],
  typed: Readonly<Record<string, string>>,
  start: Start,
): Start {
  const [workflow, ...others] = matching;
  if (workflow === undefined) return start;
  if (others.length > 0) {
    const names = matching.map(({ path }) => path).join(', ');
    const mistake = {
      message: `workflow_dispatch starts one workflow, and ${names} have it`,
      mend: 'Name one with --workflows FILE.',
    };
    return { ...start, mistakes: [mistake] };
  }
  const given = { ...inputsOfPayload(start.event.payload), ...typed };
  const { value, diagnostics } = resolveDispatchInputs({ workflow, given });
  if (value === undefined) return { ...start, diagnostics };
  const event = withDispatchInputs(start.event, workflow.path, value);
  return { ...start, event, started: [{ workflow, inputs: value.inputs }] };
}

/** Those of an event file. */
function inputsOfPayload({ inputs }: Payload): Record<string, string> {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return {};
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
}
