import { randomUUID } from 'node:crypto';
import { SlipwayError } from '@slipway/contracts/errors';
import { resolveDispatchInputs } from '@slipway/workflow/triggers';
import { recordAudit } from '../access/audit.ts';
import type { AcceptedRun } from '../controller/accept-event.ts';
import { readEnvironments } from '../environments/read-environments.ts';
import { fetchCurrent } from '../github/mirror.ts';
import type { Project } from '../projects/find-project.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { readRefs } from '../repositories/read-commits.ts';
import type { EventSources } from './event-sources.ts';
import { acceptPrepared, type PreparedEvent, type ProjectEvent, prepareProjectEvent } from './take-event.ts';
import { workflowNumber } from './workflow-number.ts';

export interface Dispatch {
  /** Its path, its file name, its `name` or its number. */
  workflow: string;
  /** Branch or tag, short or whole; default: the default branch. */
  ref?: string | undefined;
  /** As typed. */
  inputs: Record<string, string>;
  actor: string;
}

/**
 * Starts one workflow by hand, as the project is now where it is kept.
 * @throws SlipwayError `github-unreachable`, `unknown-ref`, `unknown-workflow`, `invalid-inputs`, `invalid-workflow`
 */
export async function dispatchWorkflow(
  sources: EventSources,
  project: Project,
  { workflow: wanted, ref, inputs, actor }: Dispatch,
): Promise<AcceptedRun> {
  await fetchCurrent(sources, project);
  const happened: ProjectEvent = {
    deliveryId: `dispatch:${randomUUID()}`,
    name: 'workflow_dispatch',
    subject: await findRef(sources, project, ref ?? project.settings.defaultBranch),
    actor,
    inputs,
  };
  const prepared = await prepareProjectEvent(sources, project, happened);
  const { environments } = await readEnvironments(sources, project.name);
  const isMeant = (path: string, name?: string) =>
    [path, name, path.replace('.github/workflows/', ''), String(workflowNumber(project.name, path))].includes(
      wanted,
    );
  const only = findDispatchable(prepared, isMeant, { inputs, environments: Object.keys(environments) });
  const acceptance = await acceptPrepared(sources, project, { happened: { ...happened, only }, prepared });
  const [run] = acceptance.kind === 'accepted' ? acceptance.runs : [];
  if (run !== undefined) {
    await recordAudit(sources.store, {
      at: sources.now(),
      actor,
      action: 'run.dispatched',
      project: project.name,
      subject: `run ${run.runId}`,
      outcome: 'done',
      detail: { workflow: only, ref: happened.subject?.ref },
    });
    return run;
  }
  const problems = acceptance.kind === 'refused' ? acceptance.diagnostics : [];
  throw new SlipwayError('invalid-workflow', {
    field: 'workflow',
    message:
      problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('; ') ||
      `${only} starts nothing.`,
  });
}

/**
 * A branch or tag by its short or whole name.
 * @throws SlipwayError `unknown-ref`
 */
export async function findRef(
  { repositories }: EventSources,
  project: Project,
  name: string,
): Promise<{ ref: string; sha: string }> {
  const refs = await readRefs(repositoryDirectory(repositories, project.name));
  for (const ref of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const sha = refs.get(ref);
    if (sha !== undefined) return { ref, sha };
  }
  throw new SlipwayError('unknown-ref', { message: `There is no branch or tag '${name}'.`, field: 'ref' });
}

function findDispatchable(
  { commit: { workflows, diagnostics } }: PreparedEvent,
  isMeant: (path: string, name?: string) => boolean,
  { inputs: given, environments }: { inputs: Record<string, string>; environments: readonly string[] },
): string {
  const workflow = workflows.find(({ path, name }) => isMeant(path, name));
  if (workflow === undefined) {
    const broken = diagnostics.filter(({ file, severity }) => severity === 'error' && isMeant(file));
    if (broken.length === 0) throw new SlipwayError('unknown-workflow', { field: 'workflow' });
    const message = broken.map(
      ({ file, line, column, message: text }) => `${file}:${line}:${column}: ${text}`,
    );
    throw new SlipwayError('invalid-workflow', { message: message.join('; '), field: 'workflow' });
  }
  if (!Object.hasOwn(workflow.on, 'workflow_dispatch')) {
    const message = `${workflow.path} has no workflow_dispatch trigger.`;
    throw new SlipwayError('invalid-workflow', { message, field: 'workflow' });
  }
  const { diagnostics: wrong } = resolveDispatchInputs({ workflow, given, environments });
  if (wrong.length > 0) {
    const message = wrong.map((one) => `${one.message}. ${one.mend}`).join(' ');
    throw new SlipwayError('invalid-inputs', { message, field: 'inputs' });
  }
  return workflow.path;
}
