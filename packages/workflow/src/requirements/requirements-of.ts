import type { Position } from '../model/diagnostic.ts';
import type { LiteralTemplate, MappingTemplate, Template } from '../model/template.ts';
import type { ActionStep, NormalJob, RunStep, Workflow } from '../model/workflow.ts';
import { programsOf } from './programs-of.ts';
import type { Requirement, RequirementKind } from './requirement.ts';

/**
 * What a workflow needs of a machine, in the order of the file, each thing once for each job. Only what can be seen without
 * running it: of values that are expressions, those of the form `matrix.x` over a matrix that is written out.
 * What runs in a job's container needs nothing of the machine but an engine.
 */
export function requirementsOf(workflow: Workflow): Requirement[] {
  const found: Requirement[] = [];
  for (const job of workflow.jobs) {
    if (job.kind !== 'job') continue;
    const known = new Set<string>();
    for (const { at, ...kind } of requirementsOfJob(job, workflow)) {
      const key = JSON.stringify(kind);
      if (known.has(key)) continue;
      known.add(key);
      found.push({ ...kind, file: workflow.path, at, jobId: job.id });
    }
  }
  return found;
}

type Found = RequirementKind & { at: Position };

function* requirementsOfJob(job: NormalJob, workflow: Workflow): Generator<Found> {
  for (const label of labelsOf(job)) yield { kind: 'label', label: String(label.value), at: label.at };
  yield* requirementsOfServices(job);
  if (job.container) {
    yield { kind: 'engine', because: 'the job runs in a container', at: job.container.at };
    return;
  }
  const defaultShell = job.defaults?.shell ?? workflow.defaults?.shell;
  for (const step of job.steps) {
    if (step.kind === 'run') yield* requirementsOfScript(step, job, defaultShell);
    if (step.kind === 'action') yield* requirementsOfAction(step, job);
  }
}

function labelsOf(job: NormalJob): LiteralTemplate[] {
  const { runsOn } = job;
  const labels = runsOn.kind === 'mapping' ? entry(runsOn, 'labels') : runsOn;
  return labels ? values(labels, job) : [];
}

function* requirementsOfServices(job: NormalJob): Generator<Found> {
  if (job.services?.kind !== 'mapping') return;
  for (const { key, value } of job.services.entries) {
    if (key.kind !== 'literal') continue;
    const image = value.kind === 'mapping' ? entry(value, 'image') : value;
    for (const literal of image ? values(image, job) : []) {
      if (literal.value === '') continue;
      yield { kind: 'service', service: String(key.value), image: String(literal.value), at: literal.at };
    }
  }
}

function* requirementsOfScript(
  step: RunStep,
  job: NormalJob,
  defaultShell: Template | undefined,
): Generator<Found> {
  const shell = step.shell ?? defaultShell;
  const shells = shell ? values(shell, job) : [];
  for (const { value, at } of shells)
    yield { kind: 'shell', shell: String(value).trim().split(/\s+/, 1)[0]!, at };
  if (!shell) yield { kind: 'shell', shell: 'bash', at: step.at };
  const names = shells.map(({ value }) => String(value));
  if (names.some((name) => !/^(bash|sh)\b/.test(name))) return;
  for (const program of programsOf(textOf(step.run))) yield { kind: 'program', program, at: step.at };
}

/** What an action is known to need; anything else an action brings itself. */
const runtimes: Record<string, { runtime: string; input: string }> = {
  'actions/setup-node': { runtime: 'node', input: 'node-version' },
  'actions/setup-python': { runtime: 'python', input: 'python-version' },
  'actions/setup-go': { runtime: 'go', input: 'go-version' },
  'actions/setup-java': { runtime: 'java', input: 'java-version' },
};

const programs: Record<string, string> = {
  'aquasecurity/trivy-action': 'trivy',
  'gitleaks/gitleaks-action': 'gitleaks',
  'ludeeus/action-shellcheck': 'shellcheck',
};

function* requirementsOfAction(step: ActionStep, job: NormalJob): Generator<Found> {
  const { uses, usesAt: at } = step;
  if (uses.startsWith('docker://')) yield { kind: 'engine', because: `the step uses ${uses}`, at };
  const repository = uses.split('@', 1)[0]!.toLowerCase();
  if (repository.startsWith('docker/'))
    yield { kind: 'engine', because: `${repository} builds with docker`, at };
  const program = programs[repository];
  if (program) yield { kind: 'program', program, at };
  const setup = runtimes[repository];
  if (!setup) return;
  const version = step.with && entry(step.with, setup.input);
  const versions = version ? values(version, job) : [];
  if (versions.length === 0) yield { kind: 'runtime', runtime: setup.runtime, version: '', at };
  for (const { value } of versions)
    yield { kind: 'runtime', runtime: setup.runtime, version: String(value), at };
}

function entry(mapping: MappingTemplate, name: string): Template | undefined {
  return mapping.entries.find(({ key }) => key.kind === 'literal' && key.value === name)?.value;
}

/** The literal values of a scalar or a sequence, `matrix.x` followed. */
function values(template: Template, job: NormalJob): LiteralTemplate[] {
  switch (template.kind) {
    case 'literal':
      return [template];
    case 'sequence':
      return template.items.flatMap((item) => values(item, job));
    case 'expression': {
      const axis = /^matrix\.([\w-]+)$/.exec(template.source.trim())?.[1];
      const matrix = job.strategy?.matrix;
      const axisValues = axis && matrix?.kind === 'mapping' ? entry(matrix, axis) : undefined;
      return axisValues?.kind === 'sequence'
        ? axisValues.items.filter((item) => item.kind === 'literal')
        : [];
    }
    case 'mapping':
      return [];
  }
}

/** The script as written; an expression's source holds the text around it too. */
function textOf(template: Template): string {
  if (template.kind === 'literal') return String(template.value ?? '');
  return template.kind === 'expression' ? template.source : '';
}
