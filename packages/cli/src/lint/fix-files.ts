import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyEdits, type LintFinding } from '@slipway/workflow/lint';
import type { Mistake } from '../command-line/command.ts';
import type { LintFile } from '../workflows/lint-files.ts';
import type { LintedFile } from './lint-files.ts';

export interface FixedFile {
  file: LintFile;
  /** What was mended. */
  fixed: LintFinding[];
}

/** Applies the edits of the findings and writes the files; one that cannot be written is left as it is. */
export function fixFiles(
  root: string,
  linted: readonly LintedFile[],
): { files: FixedFile[]; mistakes: Mistake[] } {
  const files: FixedFile[] = [];
  const mistakes: Mistake[] = [];
  for (const { file, findings } of linted) {
    const fixed = findings.filter(({ fix }) => fix !== undefined);
    if (fixed.length === 0) continue;
    const edits = fixed.flatMap(({ fix }) => fix ?? []);
    const content = applyEdits(file.content, edits);
    try {
      // A link stays one: what it names is written.
      replaceFile(realpathSync(resolve(root, file.path)), content);
      files.push({ file: { ...file, content }, fixed });
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      mistakes.push({ message: `cannot write ${file.path}: ${reason}`, mend: 'Make the file writable.' });
    }
  }
  return { files, mistakes };
}

/** Whoever reads the file sees it old or new, never half; it keeps its mode. */
function replaceFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, content, { mode: statSync(path).mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
