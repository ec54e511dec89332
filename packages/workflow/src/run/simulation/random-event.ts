import type { ExpressionTemplate, LiteralTemplate } from '../../model/template.ts';
import type { ConcurrencyTemplate, Job, StrategyTemplate, Workflow } from '../../model/workflow.ts';
import { type Condition, conditionsFor } from './conditions.ts';
import type { Random } from './random.ts';

/** Workflows that one event starts, with all that the oracle must know of them besides. */
export interface RandomEvent {
  started: Workflow[];
  /** By path. */
  called: Map<string, Workflow>;
  /** Jobs by identity. */
  traits: Map<Job, JobTraits>;
}

/** What the oracle reads instead of the templates. */
export interface JobTraits {
  condition: Condition;
  matrix: MatrixTrait;
  failFast: boolean;
  maxParallel: number | null;
  /** Which legs go on error: all, none, or the first. */
  continueOnError: 'never' | 'always' | 'first-leg';
  /** Names of the concurrency groups of each leg, those of a called workflow included. */
  groups: string[];
}

export type MatrixTrait =
  | { kind: 'none' }
  | { kind: 'vector'; size: number }
  /** The vector is in the output `m` of the first need. */
  | { kind: 'from-output' };

const at = { line: 1, column: 1 };
const groupNames = ['red', 'green', 'blue'];

export function randomEvent(random: Random): RandomEvent {
  const event: RandomEvent = { started: [], called: new Map(), traits: new Map() };
  const calledCount = random.int(3);
  for (let i = calledCount - 1; i >= 0; i--) {
    const callable = [...event.called.values()];
    const workflow = randomWorkflow(random, event, {
      path: `./called-${i}.yml`,
      prefix: 'c',
      callable,
      others: [],
    });
    event.called.set(workflow.path, {
      ...workflow,
      on: {
        workflow_call: {
          at,
          outputs: { v: { value: expression(`jobs.${workflow.jobs[0]?.id}.outputs.v`) } },
        },
      },
    });
  }
  const startedCount = 1 + random.int(3);
  for (let i = 0; i < startedCount; i++) {
    const others = event.started.flatMap(({ jobs }) => jobs.map(({ id }) => id));
    const callable = [...event.called.values()];
    event.started.push(
      randomWorkflow(random, event, { path: `started-${i}.yml`, prefix: `r${i}`, callable, others }),
    );
  }
  return event;
}

interface WorkflowOptions {
  path: string;
  prefix: string;
  callable: Workflow[];
  /** Ids of jobs of sibling workflows. */
  others: string[];
}

function randomWorkflow(random: Random, event: RandomEvent, options: WorkflowOptions): Workflow {
  const jobs: Job[] = [];
  const count = 1 + random.int(random.chance(0.1) ? 12 : 6);
  for (let i = 0; i < count; i++) {
    jobs.push(
      randomJob(random, event, {
        ...options,
        id: `${options.prefix}j${i}`,
        before: jobs.map(({ id }) => id),
      }),
    );
  }
  const concurrency = random.chance(0.12) ? randomConcurrency(random) : undefined;
  return { path: options.path, on: { push: { at } }, jobs, ...(concurrency && { concurrency }) };
}

interface JobOptions extends WorkflowOptions {
  id: string;
  before: string[];
}

function randomJob(random: Random, event: RandomEvent, { id, before, others, callable }: JobOptions): Job {
  const own = before.filter(() => random.chance(0.35));
  const foreign = others.filter(() => random.chance(0.06));
  const needs = [...own, ...foreign];
  const condition = random.chance(0.55)
    ? (conditionsFor(undefined)[0] as Condition)
    : random.pick(conditionsFor(needs[0]));
  const { strategy, ...traits } = randomStrategy(random, needs[0]);
  const concurrency = random.chance(0.12) ? randomConcurrency(random) : undefined;
  const shared = {
    id,
    at,
    needs,
    if: expression(condition.source),
    ...(strategy && { strategy }),
    ...(concurrency && { concurrency }),
  };
  const callee = callable.length > 0 && random.chance(0.2) ? random.pick(callable) : undefined;
  const groups = [concurrency, callee?.concurrency].flatMap((one) => (one ? [groupOf(one)] : []));
  const continueOnError = callee ? 'never' : random.pick(['never', 'never', 'always', 'first-leg'] as const);
  const job: Job = callee
    ? { ...shared, kind: 'reusable', uses: callee.path, usesAt: at }
    : {
        ...shared,
        kind: 'job',
        runsOn: literal('any'),
        steps: [],
        ...(continueOnError === 'always' && { continueOnError: literal(true) }),
        ...(continueOnError === 'first-leg' && { continueOnError: expression('strategy.job-index == 0') }),
      };
  event.traits.set(job, { condition, continueOnError, groups: [...new Set(groups)], ...traits });
  return job;
}

type StrategyTraits = Pick<JobTraits, 'matrix' | 'failFast' | 'maxParallel'> & {
  strategy: StrategyTemplate | undefined;
};

function randomStrategy(random: Random, need: string | undefined): StrategyTraits {
  if (random.chance(0.6)) {
    return { strategy: undefined, matrix: { kind: 'none' }, failFast: true, maxParallel: null };
  }
  const failFast = random.chance(0.6);
  const maxParallel = random.chance(0.4) ? 1 + random.int(2) : null;
  const fromOutput = need !== undefined && random.chance(0.3);
  const size = 1 + random.int(4);
  const v = fromOutput
    ? expression(`fromJSON(needs.${need}.outputs.m)`)
    : { kind: 'sequence' as const, at, items: Array.from({ length: size }, (_, i) => literal(i)) };
  const strategy: StrategyTemplate = {
    matrix: { kind: 'mapping', at, entries: [{ key: literal('v'), value: v }] },
    ...(!failFast && { failFast: literal(false) }),
    ...(maxParallel !== null && { maxParallel: literal(maxParallel) }),
  };
  return {
    strategy,
    failFast,
    maxParallel,
    matrix: fromOutput ? { kind: 'from-output' } : { kind: 'vector', size },
  };
}

function randomConcurrency(random: Random): ConcurrencyTemplate {
  const queue = random.chance(0.5) ? 'max' : 'single';
  const cancels = queue === 'single' && random.chance(0.4);
  return {
    group: literal(random.pick(groupNames)),
    queue,
    ...(cancels && { cancelInProgress: literal(true) }),
  };
}

export function groupOf({ group }: ConcurrencyTemplate): string {
  return group.kind === 'literal' ? String(group.value) : '';
}

function literal(value: LiteralTemplate['value']): LiteralTemplate {
  return { kind: 'literal', value, at };
}

function expression(source: string): ExpressionTemplate {
  return { kind: 'expression', source, at };
}
