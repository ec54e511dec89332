const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };

/**
 * SARIF 2.1.0 of one scanner's findings.
 * @param {string} scanner
 * @param {{ rule: string, severity: string, message: string, file: string }[]} findings
 */
export function toSarif(scanner, findings) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: scanner,
            rules: [...new Set(findings.map(({ rule }) => rule))].map((id) => ({ id })),
          },
        },
        results: findings.map(({ rule, severity, message, file }) => ({
          ruleId: rule,
          level: levels[severity] ?? 'warning',
          message: { text: message },
          locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } } }],
        })),
      },
    ],
  };
}

/**
 * What a SARIF file of any scanner holds, by severity: `error` counts as high, `warning` as medium, `note` as low. Runs that were not
 * successful scanned nothing, and don't count as scanners.
 * @param {{ runs: object[] }} sarif
 */
export function readSarif({ runs }) {
  const successful = runs.filter(({ invocations = [] }) =>
    invocations.every(({ executionSuccessful }) => executionSuccessful),
  );
  const results = successful.flatMap((run) => run.results ?? []);
  // `warning` is SARIF's default.
  const count = (level) => results.filter((result) => (result.level ?? 'warning') === level).length;
  return {
    scanner: successful.map((run) => run.tool.driver.name).join(', '),
    findings: { critical: 0, high: count('error'), medium: count('warning'), low: count('note') },
  };
}
