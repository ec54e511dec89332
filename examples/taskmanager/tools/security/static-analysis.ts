import { z } from 'zod';
import { runCommand } from './command.ts';
import type { Finding, ScanResult } from './finding.ts';

const scanner = 'static analysis';

/**
 * Runs the rules of `oxlint.json`: eslint-plugin-security and oxlint's own rules about eval. Two are off, for
 * they find only what is meant: lookups by a key whose type lists its values, and tools that open the files they are told to.
 */
export async function scanSource(root: string): Promise<ScanResult> {
  const args = ['--config', 'oxlint.json', '--format', 'json', 'src', 'tools', 'public'];
  const { stdout, stderr } = await runCommand('oxlint', args, { cwd: root, timeoutMs: 120_000 });
  const parsed = report.safeParse(parseJson(stdout));
  // Without a report something is wrong with the scanner or its configuration, and that is for a person to mend.
  if (!parsed.success) throw new Error(`oxlint gave no report: ${stderr || stdout}`);
  const findings = parsed.data.diagnostics.map(
    (diagnostic): Finding => ({
      rule: diagnostic.code.replace(/^(.+)\((.+)\)$/, '$1/$2'),
      severity: diagnostic.severity === 'error' ? 'high' : 'moderate',
      message: diagnostic.message,
      file: diagnostic.filename,
      line: diagnostic.labels[0]?.span.line ?? 1,
      column: diagnostic.labels[0]?.span.column ?? 1,
    }),
  );
  return { kind: 'scanned', scanner, findings: findings.sort(byPlace) };
}

/** oxlint reports in the order in which its threads finish. */
function byPlace(a: Finding, b: Finding): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}

const report = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'advice']),
      message: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.int(), column: z.int() }) })),
    }),
  ),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
