import { readerCodes } from '../reader/reader-codes.ts';
import type { LintFinding } from './apply-rules.ts';
import { rules } from './rules.ts';

/**
 * Findings as a SARIF log, which GitHub's code scanning and editors read.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(findings: readonly LintFinding[], version: string): object {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'slipway', version, rules: codes.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => describeResult(finding, codes.indexOf(finding.code))),
      },
    ],
  };
}

function describeRule(code: string): object {
  const rule = rules.find((candidate) => candidate.code === code);
  const text = rule?.why ?? (readerCodes as Record<string, string>)[code] ?? code;
  return {
    id: code,
    shortDescription: { text },
    ...(rule ? { help: { text: rule.mend } } : {}),
    defaultConfiguration: { level: rule?.severity ?? 'error' },
  };
}

function describeResult(
  { file, line, column, severity, code, message, mend, fix }: LintFinding,
  ruleIndex: number,
): object {
  const artifactLocation = { uri: encodeURI(file) };
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: `${message} ${mend}` },
    locations: [{ physicalLocation: { artifactLocation, region: { startLine: line, startColumn: column } } }],
    ...(fix
      ? {
          fixes: [
            {
              description: { text: mend },
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: fix.map(({ start, end, text }) => ({
                    deletedRegion: {
                      startLine: start.line,
                      startColumn: start.column,
                      endLine: end.line,
                      endColumn: end.column,
                    },
                    insertedContent: { text },
                  })),
                },
              ],
            },
          ],
        }
      : {}),
  };
}
