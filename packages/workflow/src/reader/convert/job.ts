import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { Job, NormalJob, ReusableJob } from '../../model/workflow.ts';
import type { Findings } from '../findings.ts';
import { placeWords } from '../schema/place-words.ts';
import { childOf, literalsOf, mappingOf, type NamedEntry, optional, textOf, textsOf } from './access.ts';
import { convertCondition } from './condition.ts';
import { checkContainers } from './containers.ts';
import type { Conversion } from './conversion.ts';
import { isValidId } from './ids.ts';
import {
  checkRunsOn,
  checkSnapshot,
  convertConcurrency,
  convertDefaults,
  convertStrategy,
} from './job-parts.ts';
import { convertCacheMode, convertPermissions } from './permissions.ts';
import { convertSteps } from './steps.ts';
import { checkWorkflowReference } from './uses.ts';

/** One entry of `jobs:`. Undefined if it is neither a job nor a call, which the schema has refused. */
export function convertJob(conversion: Conversion, { name: id, at, value }: NamedEntry): Job | undefined {
  const { findings } = conversion;
  if (id !== '') isValidId(findings, id, at);
  const needs = childOf(value, 'needs');
  const base = {
    id,
    at,
    ...optional('name', nameOf(value)),
    needs: textsOf(needs),
    ...(needs ? { needsAt: literalsOf(needs).map((need) => need.at) } : {}),
    if: convertCondition(conversion, { value: childOf(value, 'if'), at, definition: 'job-if' }),
    ...optional('strategy', convertStrategy(findings, childOf(value, 'strategy'))),
    ...optional('concurrency', convertConcurrency(findings, childOf(value, 'concurrency'))),
    ...optional('permissions', convertPermissions(childOf(value, 'permissions'))),
    ...optional('cacheMode', convertCacheMode(childOf(value, 'cache-mode'))),
  };
  const uses = childOf(value, 'uses');
  if (uses) return { ...base, ...reusablePart(conversion, value, uses) };
  const runsOn = childOf(value, 'runs-on');
  const job = { id, at, value };
  return { ...base, ...normalPart(conversion, job, runsOn ?? { kind: 'literal', value: null, at }) };
}

/** GitHub takes an empty name for none. */
function nameOf(job: Template): Template | undefined {
  const name = childOf(job, 'name');
  return textOf(name) === '' ? undefined : name;
}

function reusablePart(
  { findings }: Conversion,
  job: Template,
  uses: Template,
): Pick<ReusableJob, 'kind' | 'uses' | 'usesAt' | 'with' | 'secrets'> {
  const text = textOf(uses) ?? '';
  if (text !== '') checkWorkflowReference(findings, text, uses.at);
  const secrets = childOf(job, 'secrets');
  return {
    kind: 'reusable',
    uses: text,
    usesAt: uses.at,
    ...optional('with', mappingOf(childOf(job, 'with'))),
    ...optional('secrets', textOf(secrets) === 'inherit' ? ('inherit' as const) : mappingOf(secrets)),
  };
}

type NormalPart = Omit<
  NormalJob,
  'id' | 'at' | 'name' | 'needs' | 'needsAt' | 'if' | 'strategy' | 'concurrency' | 'permissions'
>;

interface OpenJob {
  id: string;
  at: Position;
  value: Template;
}

function normalPart(conversion: Conversion, { id, at, value: job }: OpenJob, runsOn: Template): NormalPart {
  const { findings } = conversion;
  const container = childOf(job, 'container');
  const services = childOf(job, 'services');
  const snapshot = childOf(job, 'snapshot');
  checkRunsOn(findings, runsOn);
  checkContainers(findings, id, job);
  checkSnapshot(findings, snapshot);
  return {
    kind: 'job',
    runsOn,
    ...optional('environment', childOf(job, 'environment')),
    ...optional('env', childOf(job, 'env')),
    ...optional('defaults', convertDefaults(findings, childOf(job, 'defaults'))),
    ...optional('timeoutMinutes', childOf(job, 'timeout-minutes')),
    ...optional('cancelTimeoutMinutes', childOf(job, 'cancel-timeout-minutes')),
    ...optional('continueOnError', childOf(job, 'continue-on-error')),
    ...optional('container', container),
    ...optional('services', services),
    ...optional('outputs', mappingOf(childOf(job, 'outputs'))),
    ...optional('snapshot', snapshot),
    steps: convertSteps(conversion, stepsOf(findings, { id, at, value: job })),
  };
}

/** GitHub's parser for editors reads a job without steps, its server refuses the file. */
function stepsOf(findings: Findings, { id, at, value }: OpenJob): Template | undefined {
  const steps = childOf(value, 'steps');
  if (steps === undefined && childOf(value, 'runs-on') !== undefined) {
    findings.add({
      at,
      code: 'missing-key',
      severity: 'warning',
      message: `\`steps\` is missing in job \`${id}\`.`,
      mend: 'Add `steps`.',
      lacks: { owner: placeWords(['jobs', id], 'workflow'), keys: ['steps'] },
    });
  }
  return steps;
}
