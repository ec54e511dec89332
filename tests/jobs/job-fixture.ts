import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobEvent, JobFinished, StepAnnotation } from '@slipway/contracts';
import { createRunner, type JobExecution, type RunnerOptions, type ServiceProvider } from '@slipway/runner';
import type { JobRequest, NormalJob, Value, Workflow } from '@slipway/workflow';
import { readWorkflow } from '@slipway/workflow/reader';
import { onTestFinished } from 'vitest';
import { createActionStore } from '../../packages/runner/src/actions/create-action-store.ts';

/** What a finished job has told, arranged for assertions. */
export interface JobReport {
  finished: JobFinished;
  events: JobEvent[];
  /** Log of the step with that name, or of all steps. */
  log(step?: string): string;
  /** The step's conclusion; `outcome/conclusion` where they differ; undefined if it was never due. */
  result(step: string): string | undefined;
  /** Names of the steps in the order they started, the runner's own left out. */
  steps(): string[];
  annotations(step?: string): Partial<StepAnnotation>[];
  summaries(): string[];
}

export interface StartedJob {
  execution: JobExecution;
  report: Promise<JobReport>;
  /** Resolves when a log has shown the text. */
  shown(text: RegExp): Promise<void>;
  workDirectory: string;
}

export interface JobOptions {
  /** Of the repository, by path; committed. */
  files?: Record<string, string>;
  /** Files of other repositories on github.com, by `owner/name`; tag v1. */
  remotes?: Record<string, Record<string, string>>;
  secrets?: Record<string, string>;
  vars?: Record<string, string>;
  github?: { [key: string]: Value };
  contexts?: Partial<JobRequest['contexts']>;
  runner?: Partial<RunnerOptions>;
}

const noServices: ServiceProvider = {
  cannotServe: () => Promise.resolve('Services are not part of this test.'),
  start: () => Promise.reject(new Error('cannotServe was ignored')),
};

/** Runs the first job of a workflow, given as `jobs.<id>` or as a list of steps, on real processes. */
export async function runJob(source: string, options: JobOptions = {}): Promise<JobReport> {
  return await startJob(source, options).report;
}

export function startJob(source: string, options: JobOptions = {}): StartedJob {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-job-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repositoryRoot = createRepository(join(folder, 'repository'), options.files ?? {});
  const workDirectory = join(folder, 'home', 'work', 'run');
  const runner = createRunner({
    slipwayHome: join(folder, 'home'),
    workDirectory,
    repositoryRoot,
    actions: createActionStore({
      slipwayHome: join(folder, 'home'),
      env: { ...process.env, ...createRemotes(folder, options.remotes ?? {}) },
    }),
    services: noServices,
    baseEnv: process.env,
    trackingPrefix: `slipway_${folder.slice(-6)}`,
    ...options.runner,
  });
  const events: JobEvent[] = [];
  const waiting: { text: RegExp; resolve: () => void }[] = [];
  const execution = runner.start(requestOf(source, options), (event) => {
    // The bytes of a log are lent.
    events.push(event.kind === 'step.log' ? { ...event, bytes: Buffer.from(event.bytes) } : event);
    for (const { text, resolve } of waiting) if (text.test(logOf(events))) resolve();
  });
  return {
    execution,
    report: execution.finished.then((finished) => reportOf(finished, events)),
    shown: (text) =>
      new Promise((resolve) => {
        if (text.test(logOf(events))) resolve();
        else waiting.push({ text, resolve });
      }),
    workDirectory,
  };
}

/** Makes the repositories and the environment by which git finds them in place of github.com's. */
function createRemotes(
  folder: string,
  remotes: Record<string, Record<string, string>>,
): Record<string, string> {
  const server = join(folder, 'server');
  for (const [name, files] of Object.entries(remotes)) {
    const root = createRepository(join(server, name), files);
    execFileSync('git', ['tag', 'v1'], { cwd: root });
  }
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${server}/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/',
  };
}

function createRepository(root: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries({ 'README.md': '# A repository\n', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: root });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  return root;
}

/** A list of steps becomes a job; a job becomes a workflow. */
export function readJob(source: string): { job: NormalJob; workflow: Workflow } {
  const path = '.github/workflows/test.yml';
  const content = /^jobs:/m.test(source)
    ? `on: push\n${source}`
    : `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${source.replace(/^/gm, '      ')}\n`;
  const { value, diagnostics } = readWorkflow({ path, content });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [job] = value?.jobs ?? [];
  if (value === undefined || errors.length > 0 || job?.kind !== 'job') {
    throw new Error(`The test's workflow is invalid: ${JSON.stringify(errors)}`);
  }
  return { job, workflow: value };
}

function requestOf(source: string, options: JobOptions): JobRequest {
  const { job, workflow } = readJob(source);
  const defaults = { ...workflow.defaults, ...job.defaults };
  const literal = (template: NormalJob['timeoutMinutes']) =>
    template?.kind === 'literal' ? (template.value as number) : null;
  return {
    runId: 'test',
    jobKey: job.id,
    name: job.id,
    workflowPath: workflow.path,
    job,
    labels: ['ubuntu-latest'],
    workflowEnv: workflow.env === undefined ? [] : [workflow.env],
    defaults,
    contexts: {
      github: {
        event: { ref: 'refs/heads/main' },
        event_name: 'push',
        ref: 'refs/heads/main',
        ref_name: 'main',
        ref_type: 'branch',
        repository: 'octo/app',
        repository_owner: 'octo',
        run_id: '1',
        run_number: '1',
        run_attempt: '1',
        server_url: 'https://github.com',
        api_url: 'https://api.github.com',
        sha: '0'.repeat(40),
        actor: 'octocat',
        workflow: workflow.name ?? workflow.path,
        ...options.github,
      },
      inputs: {},
      vars: options.vars ?? {},
      needs: {},
      matrix: null,
      strategy: {},
      ...options.contexts,
    },
    secrets: options.secrets ?? {},
    permissions: {},
    timeoutMinutes: literal(job.timeoutMinutes),
    continueOnError: false,
    outputs: job.outputs ?? null,
  };
}

function reportOf(finished: JobFinished, events: JobEvent[]): JobReport {
  const started = events.filter((event) => event.kind === 'step.started');
  const numbersOf = (name: string | undefined) =>
    started.filter((event) => name === undefined || event.name === name).map(({ step }) => step);
  return {
    finished,
    events,
    log: (name) => logOf(events, numbersOf(name)),
    result(name) {
      const [step] = numbersOf(name);
      const end = events.find((event) => event.kind === 'step.finished' && event.step === step);
      if (end?.kind !== 'step.finished') return undefined;
      return end.outcome === end.conclusion ? end.conclusion : `${end.outcome}/${end.conclusion}`;
    },
    steps: () =>
      started.filter(({ phase }) => phase !== 'setup' && phase !== 'teardown').map(({ name }) => name),
    annotations: (name) =>
      events
        .filter((event) => event.kind === 'step.annotation' && numbersOf(name).includes(event.step))
        .map((event) => {
          const { kind: _kind, step: _step, ...annotation } = event as StepAnnotation;
          return annotation;
        }),
    summaries: () => events.flatMap((event) => (event.kind === 'step.summary' ? [event.markdown] : [])),
  };
}

function logOf(events: JobEvent[], steps?: number[]): string {
  const blocks = events.flatMap((event) =>
    event.kind === 'step.log' && (steps === undefined || steps.includes(event.step)) ? [event.bytes] : [],
  );
  return Buffer.concat(blocks).toString('utf8');
}
