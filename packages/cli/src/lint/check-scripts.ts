import { type Stats, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { LintScript, ScriptFinding } from '@slipway/workflow/lint';
import { createModelCache, type ModelCache } from '../workflows/model-cache.ts';
import type { LintContext, OpenedFile } from './lint-files.ts';
import { runShellcheck } from './run-shellcheck.ts';
import { type CheckableScript, checkableScript, isMeant, type ShellcheckComment } from './script-text.ts';

interface Checked {
  owner: OpenedFile;
  source: LintScript;
  script: CheckableScript;
}

/**
 * What shellcheck says of the files' scripts; nothing where it is not installed. What it said of a script is kept, so that only
 * scripts that changed are asked about.
 */
export async function checkScripts(
  opened: readonly OpenedFile[],
  { home, environment }: Pick<LintContext, 'home' | 'environment'>,
): Promise<Map<OpenedFile, ScriptFinding[]>> {
  const program = findShellcheck(environment.PATH ?? '');
  const found = new Map<OpenedFile, ScriptFinding[]>();
  if (program === null) return found;
  const scripts = opened.flatMap((owner) =>
    owner.lint.scripts.flatMap((source): Checked[] => {
      const script = checkableScript(source);
      return script === null ? [] : [{ owner, source, script }];
    }),
  );
  const cache = createModelCache(join(home, 'shellcheck'), program.identity);
  const comments = await commentsOf(
    scripts.map(({ script }) => script),
    { program: program.path, cache },
  );
  for (const [index, { owner, source, script }] of scripts.entries()) {
    const meant = (comments[index] ?? []).filter((comment) => isMeant(comment, script));
    const findings = meant.map((comment) => toFinding(source, script, comment));
    found.set(owner, [...(found.get(owner) ?? []), ...findings]);
  }
  return found;
}

function toFinding(
  { job, step }: LintScript,
  { addedLines }: CheckableScript,
  { line, column, level, code, message }: ShellcheckComment,
): ScriptFinding {
  return { job, step, line: line - addedLines, column, level, code: `SC${code}`, message };
}

/** The first on the PATH, with what changes when another version is installed. */
function findShellcheck(path: string): { path: string; identity: string } | null {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, 'shellcheck');
    const status = folder === '' ? undefined : statusOf(file);
    if (status?.isFile()) return { path: file, identity: `${file} ${status.size} ${status.mtimeMs}` };
  }
  return null;
}

/** A folder of the PATH may be closed to this user. */
function statusOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

type Comments = readonly ShellcheckComment[];

/** In the order of the scripts. */
async function commentsOf(
  scripts: readonly CheckableScript[],
  { program, cache }: { program: string; cache: ModelCache },
): Promise<Comments[]> {
  const known = new Map<string, Comments>();
  const keyOf = ({ dialect, text }: CheckableScript) => `${dialect}\n${text}`;
  const asked = new Map<string, CheckableScript>();
  for (const script of scripts) {
    const key = keyOf(script);
    const kept = cache.find(script.dialect, script.text) as Comments | undefined;
    if (kept !== undefined) known.set(key, kept);
    else asked.set(key, script);
  }
  for (const [script, comments] of await ask([...asked.values()], program)) {
    known.set(keyOf(script), comments);
    cache.keep(script.dialect, script.text, comments);
  }
  return scripts.map((script) => known.get(keyOf(script)) ?? []);
}

/** Several processes at once, each with its part of the scripts. */
async function ask(
  scripts: readonly CheckableScript[],
  program: string,
): Promise<[CheckableScript, Comments][]> {
  if (scripts.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'slipway-lint-'));
  try {
    const files = scripts.map((script, index) => ({ script, path: join(folder, `${index}.sh`) }));
    await Promise.all(files.map(({ script, path }) => writeFile(path, script.text)));
    const batches = (['bash', 'sh'] as const).flatMap((dialect) => {
      const same = files.filter(({ script }) => script.dialect === dialect);
      const size = Math.max(1, Math.ceil(same.length / availableParallelism()));
      const starts = Array.from({ length: Math.ceil(same.length / size) }, (_, index) => index * size);
      return starts.map((start) => ({ dialect, part: same.slice(start, start + size) }));
    });
    const answers = await Promise.all(
      batches.map(async ({ dialect, part }): Promise<[CheckableScript, Comments][]> => {
        const paths = part.map(({ path }) => path);
        const comments = await runShellcheck(program, { dialect, paths });
        if (comments === null) return [];
        return part.map(({ script, path }) => [script, comments.filter(({ file }) => file === path)]);
      }),
    );
    return answers.flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
