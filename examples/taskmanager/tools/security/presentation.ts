import type { Finding, ScanResult, Severity } from './finding.ts';
import { countBySeverity, type Verdict } from './gate.ts';

/** What a person reads on the terminal. */
export function describeScans(results: readonly ScanResult[], verdict: Verdict): string {
  const lines = results.flatMap((result) =>
    result.kind === 'unavailable'
      ? [`NOT AVAILABLE  ${result.scanner}: ${result.reason}`]
      : [
          `scanned        ${result.scanner}: ${countBySeverity(result.findings)}`,
          ...result.findings.map(describe),
        ],
  );
  const end =
    verdict.kind === 'passed'
      ? 'The gate is passed.'
      : `The gate is closed:\n  ${verdict.reasons.join('\n  ')}`;
  return `${[...lines, end].join('\n')}\n`;
}

/** Workflow commands that put each finding, and each scan that could not be made, on the run's page. */
export function annotateScans(results: readonly ScanResult[]): string {
  const commands = results.flatMap((result) =>
    result.kind === 'unavailable'
      ? [
          `::warning title=${property(result.scanner)}::Not available, so nothing was scanned: ${data(result.reason)}`,
        ]
      : result.findings.map(annotate),
  );
  return commands.map((command) => `${command}\n`).join('');
}

function describe({ severity, file, line, column, rule, message }: Finding): string {
  return `  ${severity.padEnd(9)} ${file}:${line}:${column} ${rule}: ${message}`;
}

function annotate({ severity, file, line, column, rule, message }: Finding): string {
  const place = `file=${property(file)},line=${line},col=${column},title=${property(rule)}`;
  return `::${commandOf[severity]} ${place}::${data(message)}`;
}

const commandOf: Record<Severity, 'error' | 'warning' | 'notice'> = {
  critical: 'error',
  high: 'error',
  moderate: 'warning',
  low: 'notice',
};

/** Escapes as in the toolkit of GitHub Actions: packages/core/src/command.ts. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
