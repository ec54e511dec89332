import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type RunningStep, toHostPath } from '../steps/running-step.ts';
import { readMatcherConfigs } from './matcher-config.ts';
import type { WorkflowCommand } from './workflow-command.ts';

/** `::add-matcher::file` */
export function addMatchers(step: RunningStep, { data }: WorkflowCommand): void {
  if (data === '') {
    step.report.warning('File path must be specified.');
    return;
  }
  const configs = readFile(step, data);
  step.job.matchers.add(configs);
  const owners = configs.map(({ owner }) => `'${owner}'`).join(', ');
  step.report.debug(
    `Added matchers: ${owners}. Problem matchers scan action output for known warning or error strings and report these inline.`,
  );
}

/** `::remove-matcher owner=name::` or `::remove-matcher::file` */
export function removeMatchers(step: RunningStep, { data, properties }: WorkflowCommand): void {
  const owner = properties.get('owner') ?? '';
  if (owner !== '' && data !== '') {
    step.report.warning(
      'Either specify an owner name or a file path in ##[remove-matcher] command. Both values cannot be set.',
    );
  } else if (owner === '' && data === '') {
    step.report.warning(
      'Either an owner name or a file path must be specified in ##[remove-matcher] command.',
    );
  } else {
    step.job.matchers.remove(owner === '' ? readFile(step, data).map((config) => config.owner) : [owner]);
  }
}

function readFile(step: RunningStep, path: string) {
  const file = resolve(step.job.folders.workspace, toHostPath(step, path));
  // To read a named pipe would hold everything up.
  if (statSync(file).isFIFO()) throw new Error(`'${path}' is a named pipe, not a file.`);
  return readMatcherConfigs(readFileSync(file, 'utf8'));
}
