import { dirname } from 'node:path';
import { type LintFinding, type OpenLint, openLint, type ScriptFinding } from '@slipway/workflow/lint';
import type { LintFile } from '../workflows/lint-files.ts';
import type { ModelCache } from '../workflows/model-cache.ts';
import { readWorkflowModel } from '../workflows/read-models.ts';
import { readWorkflowFiles } from '../workflows/workflow-files.ts';
import { checkScripts } from './check-scripts.ts';
import type { LintRequest } from './lint-request.ts';
import { lookAround } from './look-around.ts';

export interface LintContext {
  root: string;
  home: string;
  cache: ModelCache;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** A file that is linted, read once. */
export interface OpenedFile {
  file: LintFile;
  lint: OpenLint;
}

export interface LintedFile {
  file: LintFile;
  findings: LintFinding[];
}

/** Lints files together with what is around them: each other, their actions and called workflows, and shellcheck's word. */
export async function lintFiles(
  files: readonly LintFile[],
  request: Pick<LintRequest, 'online' | 'disabled' | 'runnerLabels'>,
  context: LintContext,
): Promise<LintedFile[]> {
  const opened = files.map((file): OpenedFile => ({ file, lint: openLint(file.kind, file) }));
  const [around, neighbours, checked] = await Promise.all([
    lookAround(opened, request, context),
    readNeighbours(opened, context),
    request.disabled.includes('shellcheck')
      ? new Map<OpenedFile, ScriptFinding[]>()
      : checkScripts(opened, context),
  ]);
  return opened.map((one) => {
    const folder = dirname(one.file.path);
    const { path } = one.file;
    const siblings = neighbours.filter((other) => dirname(other.path) === folder && other.path !== path);
    const findings = one.lint.judge({
      ...around(path),
      siblings,
      disabled: request.disabled,
      runnerLabels: request.runnerLabels,
      scriptFindings: checked.get(one) ?? [],
    });
    return { file: one.file, findings };
  });
}

/** All valid workflows of the folders that the files are in. */
async function readNeighbours(opened: readonly OpenedFile[], { root, cache }: LintContext) {
  const workflows = opened.filter(({ file }) => file.kind === 'workflow');
  const folders = [...new Set(workflows.map(({ file }) => dirname(file.path)))];
  const own = new Map(workflows.map(({ file, lint }) => [file.path, lint.workflow]));
  const { files } =
    folders.length === 0 ? { files: [] } : readWorkflowFiles(root, { named: folders, from: root });
  const others = files.filter(({ path }) => !own.has(path));
  const read = await Promise.all(others.map((file) => readWorkflowModel(file, cache)));
  return [...own.values(), ...read.map(({ value }) => value)].filter((one) => one !== undefined);
}
