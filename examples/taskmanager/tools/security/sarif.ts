import type { ScanResult, Severity } from './finding.ts';

/** The results as SARIF 2.1.0, the form that code hosts and editors read: one run for each scanner. */
export function toSarif(results: readonly ScanResult[]) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: results.map(toRun),
  };
}

function toRun(result: ScanResult) {
  const findings = result.kind === 'scanned' ? result.findings : [];
  return {
    tool: {
      driver: {
        name: result.scanner,
        rules: [...new Set(findings.map(({ rule }) => rule))].map((id) => ({ id })),
      },
    },
    invocations: [
      {
        executionSuccessful: result.kind === 'scanned',
        ...(result.kind === 'unavailable' && { exitCodeDescription: result.reason }),
      },
    ],
    results: findings.map((finding) => ({
      ruleId: finding.rule,
      level: levels[finding.severity],
      message: { text: finding.message },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: finding.file },
            region: { startLine: finding.line, startColumn: finding.column },
          },
        },
      ],
    })),
  };
}

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  moderate: 'warning',
  low: 'note',
};
