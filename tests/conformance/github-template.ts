import type { Job, Permissions, Step, Template, Workflow } from '@slipway/workflow';

/**
 * Jobs of the model, and of the templates that GitHub's test data expect, as plain values that can be compared:
 * an expression is `{ expr }`, a mapping a list of pairs, for the order of keys counts.
 */
export type Plain = null | string | number | boolean | Plain[] | { [key: string]: Plain | undefined };

type Json = Record<string, unknown>;

/** A token as GitHub's tests write it: type 0 is a literal, 1 a sequence, 2 a mapping, 3 an expression. */
export function plainToken(token: unknown): Plain {
  if (typeof token !== 'object' || token === null) return (token ?? null) as Plain;
  const { type, lit, seq = [], map = [], expr } = token as Json;
  if (type === 1) return (seq as unknown[]).map(plainToken);
  if (type === 2) return (map as Json[]).map(({ Key, Value }) => [plainToken(Key), plainToken(Value)]);
  return type === 3 ? { expr: String(expr) } : plainToken(lit);
}

export function plainTemplate(template: Template | undefined): Plain | undefined {
  switch (template?.kind) {
    case undefined:
      return undefined;
    case 'literal':
      return template.value;
    case 'expression':
      return { expr: template.source };
    case 'sequence':
      return template.items.map((item) => plainTemplate(item) ?? null);
    case 'mapping':
      return template.entries.map(({ key, value }) => [
        key.kind === 'insert' ? 'insert' : (plainTemplate(key) ?? null),
        plainTemplate(value) ?? null,
      ]);
  }
}

/** What a case expects of a job, in the words of `plainJob`. */
export function plainExpectedJob(job: Json): Plain {
  const { needs = [], steps = [], jobs, permissions, concurrency, strategy, defaults, ...rest } = job;
  const { 'input-definitions': inputs, 'secret-definitions': secrets, ...values } = rest;
  return {
    ...plainTokens(values),
    needs: (needs as unknown[]).map(plainToken),
    steps: (steps as Json[]).map(plainTokens),
    concurrency: concurrency === undefined ? undefined : groupOf(plainToken(concurrency)),
    strategy: byKey(plainToken(strategy)),
    defaults: byKey((byKey(plainToken(defaults)) as { run?: Plain } | undefined)?.run),
    permissions: permissions as Plain | undefined,
    inputs: keysOf(plainToken(inputs)),
    secrets: keysOf(plainToken(secrets)),
    jobs: (jobs as Json[] | undefined)?.map(plainExpectedJob),
  };
}

export interface JobPlace {
  workflow: Workflow;
  load: (uses: string) => Workflow | undefined;
  /** What the caller of `workflow` grants it, if it says so. */
  granted?: Permissions | undefined;
}

export function plainJob(job: Job, place: JobPlace): Plain {
  const permissions = job.permissions ?? place.workflow.permissions ?? place.granted;
  const { strategy, concurrency } = job;
  const base = {
    id: job.id,
    name: plainTemplate(job.name) ?? job.id,
    needs: job.needs,
    if: { expr: job.if.source },
    permissions,
    strategy: strategy && {
      matrix: plainTemplate(strategy.matrix),
      'fail-fast': plainTemplate(strategy.failFast),
      'max-parallel': plainTemplate(strategy.maxParallel),
    },
    concurrency: concurrency && {
      group: plainTemplate(concurrency.group),
      'cancel-in-progress': plainTemplate(concurrency.cancelInProgress),
      queue: concurrency.queue,
    },
  };
  return job.kind === 'job'
    ? { ...base, ...plainNormal(job) }
    : { ...base, ...plainCall(job, { ...place, granted: permissions }) };
}

function plainNormal(job: Job & { kind: 'job' }) {
  return {
    type: 'job',
    'runs-on': plainTemplate(job.runsOn),
    environment: plainTemplate(job.environment),
    env: plainTemplate(job.env),
    'timeout-minutes': plainTemplate(job.timeoutMinutes),
    'cancel-timeout-minutes': plainTemplate(job.cancelTimeoutMinutes),
    'continue-on-error': plainTemplate(job.continueOnError),
    container: plainTemplate(job.container),
    services: plainTemplate(job.services),
    outputs: plainTemplate(job.outputs),
    snapshot: plainTemplate(job.snapshot),
    defaults: job.defaults && {
      shell: plainTemplate(job.defaults.shell),
      'working-directory': plainTemplate(job.defaults.workingDirectory),
    },
    steps: job.steps.map(plainStep),
  };
}

function plainStep(step: Step): Plain {
  return {
    id: step.id,
    name: plainTemplate(step.name),
    if: { expr: step.if.source },
    'continue-on-error': plainTemplate(step.continueOnError),
    env: 'env' in step ? plainTemplate(step.env) : undefined,
    run: step.kind === 'run' ? plainTemplate(step.run) : undefined,
    uses: step.kind === 'action' ? step.uses : undefined,
    with: step.kind === 'action' ? plainTemplate(step.with) : undefined,
  };
}

function plainCall(job: Job & { kind: 'reusable' }, { load, granted }: JobPlace) {
  const called = load(job.uses);
  const trigger = called?.on.workflow_call;
  return {
    type: 'reusableWorkflowJob',
    ref: job.uses,
    steps: [],
    permissions: called?.permissions ?? granted,
    'input-values': plainTemplate(job.with),
    'secret-values': job.secrets === 'inherit' ? undefined : plainTemplate(job.secrets),
    'inherit-secrets': job.secrets === 'inherit' || undefined,
    inputs: trigger?.inputs && Object.keys(trigger.inputs),
    secrets: trigger?.secrets && Object.keys(trigger.secrets),
    jobs: called?.jobs.map((inner) => plainJob(inner, { workflow: called, load, granted })),
  };
}

function plainTokens(tokens: Json): { [key: string]: Plain } {
  return Object.fromEntries(Object.entries(tokens).map(([key, token]) => [key, plainToken(token)]));
}

/** `concurrency: name` is short for `concurrency: { group: name }`. */
function groupOf(concurrency: Plain): Plain | undefined {
  return Array.isArray(concurrency) ? byKey(concurrency) : { group: concurrency };
}

function byKey(pairs: Plain | undefined): Plain | undefined {
  return Array.isArray(pairs) ? Object.fromEntries(pairs as [string, Plain][]) : undefined;
}

function keysOf(pairs: Plain): Plain | undefined {
  return Array.isArray(pairs) ? pairs.map((pair) => (pair as Plain[])[0] ?? null) : undefined;
}
