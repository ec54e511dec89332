import type { Diagnostic, Permissions, Value, Workflow } from '@slipway/workflow';
import { type EventPlan, type LoadWorkflow, planEvent } from '@slipway/workflow/plan';
import {
  assessTrigger,
  buildGithubContext,
  type EventFacts,
  resolveDispatchInputs,
  withDispatchInputs,
} from '@slipway/workflow/triggers';

/** An event with everything that decides what it starts. Workflows are read from its commit by whoever takes it in. */
export interface IncomingEvent {
  /** `owner/name` of a project that exists. */
  project: string;
  /** Unique in the project: GitHub's delivery id, or made from what happened, e.g. `push:<ref>:<sha>`. */
  deliveryId: string;
  event: EventFacts;
  /** All workflows of the commit that could be read. */
  workflows: Workflow[];
  /** What could not be read; an error does not keep the other workflows from starting. */
  diagnostics?: Diagnostic[];
  /** Workflows that others call. */
  load: LoadWorkflow;
  /** Only this workflow, by its path: of a dispatch or a schedule. */
  only?: string;
  /** Of a dispatch, as typed. */
  inputs?: Record<string, string>;
  vars: Record<string, string>;
  /** Login of who did it. */
  actor: string;
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** GITHUB_API_URL; default: by the server's. */
  apiUrl?: string;
  /** Of workflows that ask for no permissions; default: GitHub's restricted ones. */
  defaultPermissions?: Permissions;
  /** Default 0; higher goes first. */
  priority?: number;
  /** How many `workflow_run` events lie between this one and what people did; default 0. */
  depth?: number;
}

/** What an event starts, as far as it is known before its runs have numbers. */
export interface StartingEvent {
  event: EventFacts;
  started: { workflow: Workflow; inputs: Record<string, Value> }[];
  notStarted: { workflow: Workflow; reason: string }[];
  diagnostics: Diagnostic[];
}

/** Which workflows the event starts; a dispatch starts the one that it names, with the inputs that it defines. */
export function startingWorkflows({ event, workflows, only, inputs }: IncomingEvent): StartingEvent {
  const start: StartingEvent = { event, started: [], notStarted: [], diagnostics: [] };
  for (const workflow of workflows) {
    const reason = whyNot(workflow, event, only);
    if (reason === undefined) start.started.push({ workflow, inputs: {} });
    else start.notStarted.push({ workflow, reason });
  }
  const [dispatched] = start.started;
  if (event.name !== 'workflow_dispatch' || dispatched === undefined) return start;
  const { workflow } = dispatched;
  const { value, diagnostics } = resolveDispatchInputs({ workflow, given: inputs ?? {} });
  if (value === undefined) return { ...start, started: [], diagnostics };
  return {
    ...start,
    event: withDispatchInputs(event, workflow.path, value),
    started: [{ workflow, inputs: value.inputs }],
  };
}

function whyNot(workflow: Workflow, event: EventFacts, only: string | undefined): string | undefined {
  if (only !== undefined && workflow.path !== only) return `the event is for ${only}`;
  const verdict = assessTrigger(workflow, event);
  return verdict.kind === 'match' ? undefined : verdict.reason;
}

/** Plans the runs of an event; `identities` are those of the started workflows, in their order. */
export function planIncomingEvent(
  incoming: IncomingEvent,
  { event, started, notStarted }: StartingEvent,
  identities: readonly { runId: number; number: number }[],
): { plan: EventPlan | undefined; diagnostics: Diagnostic[] } {
  const { actor, serverUrl, apiUrl, defaultPermissions } = incoming;
  const { value, diagnostics } = planEvent({
    runs: started.map(({ workflow, inputs }, index) => ({
      workflow,
      inputs,
      runId: String(identities[index]?.runId),
      runNumber: identities[index]?.number ?? 0,
    })),
    notStarted: notStarted.map(({ workflow }) => workflow),
    event: event.name,
    github: buildGithubContext({
      event,
      actor,
      ...(serverUrl !== undefined && { serverUrl }),
      ...(apiUrl !== undefined && { apiUrl }),
      workflow: { path: '' },
      run: { id: '', number: 0, attempt: 1 },
    }),
    vars: incoming.vars,
    load: incoming.load,
    ...(defaultPermissions !== undefined && { defaultPermissions }),
  });
  return { plan: value, diagnostics };
}
