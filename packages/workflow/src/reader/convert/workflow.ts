import type { Template } from '../../model/template.ts';
import type { Workflow } from '../../model/workflow.ts';
import { measureSize } from '../measure-size.ts';
import { checkCycles } from '../needs.ts';
import { childOf, namedEntries, optional, textOf } from './access.ts';
import type { Conversion } from './conversion.ts';
import { convertJob } from './job.ts';
import { convertConcurrency, convertDefaults } from './job-parts.ts';
import { convertCacheMode, convertPermissions } from './permissions.ts';
import { convertTriggers } from './triggers.ts';

/** A workflow from its document. What the schema refused is skipped, so that findings of both kinds come together. */
export function convertWorkflow(conversion: Conversion, path: string, root: Template): Workflow {
  const { findings } = conversion;
  const jobs = childOf(root, 'jobs');
  const workflow: Workflow = {
    path,
    ...optional('name', textOf(childOf(root, 'name')) || undefined),
    ...optional('runName', childOf(root, 'run-name')),
    on: convertTriggers(findings, childOf(root, 'on')),
    ...optional('permissions', convertPermissions(childOf(root, 'permissions'))),
    ...optional('cacheMode', convertCacheMode(childOf(root, 'cache-mode'))),
    ...optional('env', childOf(root, 'env')),
    ...optional('defaults', convertDefaults(findings, childOf(root, 'defaults'))),
    ...optional('concurrency', convertConcurrency(findings, childOf(root, 'concurrency'))),
    jobs: namedEntries(jobs).flatMap((entry) => convertJob(conversion, entry) ?? []),
    sizeBytes: measureSize(path, root),
  };
  if (jobs?.kind === 'mapping') checkCycles(findings, workflow.jobs, jobs.at);
  return workflow;
}
