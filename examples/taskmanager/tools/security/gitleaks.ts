import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from './command.ts';
import type { Finding, ScanResult } from './finding.ts';

const scanner = 'secrets (gitleaks)';

/**
 * Looks for credentials in all of the history. Undefined where Gitleaks is not installed. Its exit status doesn't tell whether it could
 * read the history: where git refuses, it finds nothing in nothing and ends with 0. What it calls an error does.
 */
export async function scanHistory(root: string): Promise<ScanResult | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'gitleaks-'));
  const report = join(folder, 'report.json');
  const options = ['--no-banner', '--no-color', '--log-level', 'error', '--redact'];
  options.push('--report-format', 'json', '--report-path', report);
  try {
    const { code, stderr } = await runCommand(
      'gitleaks',
      ['detect', '--source', root, '--exit-code', '0', ...options],
      { cwd: root, timeoutMs: 300_000 },
    );
    const trouble = stderr.trim();
    if (code !== 0 || trouble !== '') return { kind: 'unavailable', scanner, reason: trouble };
    return { kind: 'scanned', scanner, findings: readLeaks(await readFile(report, 'utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Gitleaks' JSON report, without the secrets: `--redact` has taken them out. */
export function readLeaks(report: string): Finding[] {
  return leaks.parse(JSON.parse(report)).map((leak) => ({
    rule: `gitleaks/${leak.RuleID}`,
    severity: 'critical',
    message: `${leak.Description} (commit ${leak.Commit.slice(0, 12)})`,
    file: leak.File,
    line: Math.max(1, leak.StartLine),
    column: Math.max(1, leak.StartColumn),
  }));
}

const leaks = z.array(
  z.object({
    RuleID: z.string(),
    Description: z.string(),
    Commit: z.string(),
    File: z.string(),
    StartLine: z.int(),
    StartColumn: z.int(),
  }),
);
