import { writeFileSync } from 'node:fs';
import type { TypedArguments } from '../command-line/command.ts';
import { type RecordedRun, readRecordedRun } from '../history/recorded-run.ts';
import { version } from '../version.ts';

/** Files that `slipway run` was asked to write about its runs; null: not asked for. */
export interface ReportFiles {
  junit: string | null;
  sarif: string | null;
  html: string | null;
}

/**
 * Writes the reports, from the runs' journals. Each format is loaded only if it is asked for.
 * @returns what could not be written, a line each
 */
export async function writeReports(files: ReportFiles, directories: readonly string[]): Promise<string[]> {
  const wanted = (Object.keys(files) as (keyof ReportFiles)[]).flatMap((format) => {
    const file = files[format];
    return file === null ? [] : [{ format, file }];
  });
  if (wanted.length === 0) return [];
  const runs = directories.flatMap((directory) => readRecordedRun(directory) ?? []);
  const failures: string[] = [];
  for (const { format, file } of wanted) {
    try {
      writeFileSync(file, await render[format](runs));
    } catch (error) {
      failures.push(`--${format}: cannot write ${file}: ${(error as Error).message}`);
    }
  }
  return failures;
}

const render: Record<keyof ReportFiles, (runs: RecordedRun[]) => Promise<string>> = {
  junit: async (runs) => (await import('./junit.ts')).junitReport(runs),
  sarif: async (runs) => {
    const { annotationsSarif } = await import('./annotations-sarif.ts');
    return `${JSON.stringify(annotationsSarif(runs, version), null, 2)}\n`;
  },
  html: async (runs) => (await import('./html.ts')).htmlReport(runs),
};

export function readReportFiles({ values }: TypedArguments): ReportFiles {
  const file = (format: string): string | null => values.get(format)?.[0] ?? null;
  return { junit: file('junit'), sarif: file('sarif'), html: file('html') };
}
