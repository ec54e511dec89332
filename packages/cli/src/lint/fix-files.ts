import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyEdits, type LintFinding } from '@slipway/workflow/lint';
import type { LintFile } from '../workflows/lint-files.ts';
import type { LintedFile } from './lint-files.ts';

export interface FixedFile {
  file: LintFile;
  /** What was mended. */
  fixed: LintFinding[];
}

/** Applies the edits of the findings and writes the files. @throws what writing throws */
export function fixFiles(root: string, linted: readonly LintedFile[]): FixedFile[] {
  return linted.flatMap(({ file, findings }) => {
    const fixed = findings.filter(({ fix }) => fix !== undefined);
    if (fixed.length === 0) return [];
    const content = applyEdits(
      file.content,
      fixed.flatMap(({ fix }) => fix ?? []),
    );
    replaceFile(resolve(root, file.path), content);
    return [{ file: { ...file, content }, fixed }];
  });
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
