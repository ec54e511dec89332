import type { Diagnostic, Read, Workflow } from '@slipway/workflow';
import { callsOf, type LoadWorkflow, qualifyUses } from '@slipway/workflow/plan';
import { assessReusableWorkflows, readWorkflow } from '@slipway/workflow/reader';
import { gitBytes } from './git.ts';

/** What a commit says about workflows. */
export interface CommitWorkflows {
  /** Those that could be read. */
  workflows: Workflow[];
  diagnostics: Diagnostic[];
  /** Those that they call. */
  load: LoadWorkflow;
}

export interface WorkflowReading {
  directory: string;
  sha: string;
  models: WorkflowModels;
  /** Fetches a workflow of another repository, `owner/name/path@ref`. @throws Error that says why it can't be had */
  readRemote: (uses: string) => Promise<string>;
}

/** Models by path and blob: the same file of another commit is not parsed again. */
export interface WorkflowModels {
  find(key: string): Read<Workflow> | undefined;
  keep(key: string, read: Read<Workflow>): void;
}

export function createWorkflowModels(most = 1000): WorkflowModels {
  const kept = new Map<string, Read<Workflow>>();
  return {
    find(key) {
      const read = kept.get(key);
      if (read !== undefined) {
        kept.delete(key);
        kept.set(key, read);
      }
      return read;
    },
    keep(key, read) {
      kept.set(key, read);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
  };
}

/** Reads all workflow files of a commit, and those that they call, from the repository itself: nothing is checked out. */
export async function readCommitWorkflows(reading: WorkflowReading): Promise<CommitWorkflows> {
  const files = await listWorkflowFiles(reading);
  const reads = await readFiles(reading, files);
  const diagnostics = reads.flatMap((read) => read.diagnostics);
  const workflows = reads.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const byPath = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const remote = await loadRemote(reading, workflows, diagnostics);
  const load: LoadWorkflow = (uses, caller) => {
    const qualified = qualifyUses(uses, caller.path);
    return qualified.startsWith('./') ? byPath.get(qualified.slice(2)) : remote.get(qualified);
  };
  const judged = workflows.map((workflow) => ({
    workflow,
    findings: callsOf(workflow).length === 0 ? [] : assessReusableWorkflows({ workflow, load }),
  }));
  return {
    workflows: judged
      .filter(({ findings }) => !findings.some(({ severity }) => severity === 'error'))
      .map(({ workflow }) => workflow),
    diagnostics: [...diagnostics, ...judged.flatMap(({ findings }) => findings)],
    load,
  };
}

interface TreeFile {
  path: string;
  blob: string;
}

async function listWorkflowFiles({ directory, sha }: WorkflowReading): Promise<TreeFile[]> {
  const listed = await gitBytes(directory, [
    'ls-tree',
    '-z',
    '--end-of-options',
    `${sha}`,
    '.github/workflows/',
  ]);
  return listed
    .toString()
    .split('\0')
    .flatMap((entry) => {
      const [, mode, blob = '', path = ''] = /^(\d+) blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
      // A symbolic link is no workflow file.
      return mode === '120000' || !/\.ya?ml$/.test(path) ? [] : [{ path, blob }];
    });
}

async function readFiles(
  { directory, models }: WorkflowReading,
  files: readonly TreeFile[],
): Promise<Read<Workflow>[]> {
  const keyOf = ({ path, blob }: TreeFile) => `${path}\0${blob}`;
  const missing = files.filter((file) => models.find(keyOf(file)) === undefined);
  const contents = await readBlobs(directory, missing);
  const fresh = new Map<string, Read<Workflow>>();
  for (const [index, file] of missing.entries()) {
    const read = readWorkflow({ path: file.path, content: contents[index] ?? '' });
    fresh.set(keyOf(file), read);
    models.keep(keyOf(file), read);
  }
  return files.flatMap((file) => fresh.get(keyOf(file)) ?? models.find(keyOf(file)) ?? []);
}

/** One process for all of them. */
async function readBlobs(directory: string, files: readonly TreeFile[]): Promise<string[]> {
  if (files.length === 0) return [];
  const input = files.map(({ blob }) => `${blob}\n`).join('');
  const output = await gitBytes(directory, ['cat-file', '--batch'], { input });
  const contents: string[] = [];
  let at = 0;
  for (const { path } of files) {
    const lineEnd = output.indexOf(0x0a, at);
    const size = Number(/ blob (\d+)$/.exec(output.toString('utf8', at, lineEnd))?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) throw new Error(`git cat-file did not give ${path}`);
    contents.push(output.toString('utf8', lineEnd + 1, lineEnd + 1 + size));
    at = lineEnd + 1 + size + 1;
  }
  return contents;
}

/** What workflows of other repositories call is of other repositories too. */
async function loadRemote(
  reading: WorkflowReading,
  workflows: readonly Workflow[],
  diagnostics: Diagnostic[],
): Promise<Map<string, Workflow | undefined>> {
  const loaded = new Map<string, Workflow | undefined>();
  const callers = [...workflows];
  for (let caller = callers.pop(); caller !== undefined; caller = callers.pop()) {
    for (const uses of callsOf(caller)) {
      if (uses.startsWith('./') || loaded.has(uses)) continue;
      const read = await readRemoteWorkflow(reading, uses, caller);
      diagnostics.push(...read.diagnostics);
      loaded.set(uses, read.value);
      if (read.value !== undefined) callers.push(read.value);
    }
  }
  return loaded;
}

async function readRemoteWorkflow(
  { readRemote, models }: WorkflowReading,
  uses: string,
  caller: Workflow,
): Promise<Read<Workflow>> {
  try {
    const content = await readRemote(uses);
    const key = `${uses}\0${content}`;
    const read = models.find(key) ?? readWorkflow({ path: uses, content });
    models.keep(key, read);
    return read;
  } catch (error) {
    const job = caller.jobs.find(
      (one) => one.kind === 'reusable' && qualifyUses(one.uses, caller.path) === uses,
    );
    const at = job?.kind === 'reusable' ? job.usesAt : { line: 1, column: 1 };
    const problem: Diagnostic = {
      file: caller.path,
      ...at,
      severity: 'error',
      code: 'workflow-not-fetched',
      message: error instanceof Error ? error.message : String(error),
      mend: 'Check the reference and the network.',
    };
    return { value: undefined, diagnostics: [problem] };
  }
}
