import { type Finding, type ScanResult, type Severity, severities } from './finding.ts';

export type GateOptions = {
  /** Findings of this severity and above fail the gate. */
  failOn: Severity;
  /** Whether a scan that could not be made fails it too. */
  requireAll: boolean;
};

export type Verdict = { kind: 'passed' } | { kind: 'failed'; reasons: string[] };

export function assessScans(results: readonly ScanResult[], { failOn, requireAll }: GateOptions): Verdict {
  const grave = new Set(severities.slice(0, severities.indexOf(failOn) + 1));
  const reasons = results.flatMap((result) => {
    if (result.kind === 'unavailable') {
      return requireAll ? [`${result.scanner} is not available: ${result.reason}`] : [];
    }
    const found = result.findings.filter((finding) => grave.has(finding.severity));
    return found.length > 0 ? [`${result.scanner}: ${countBySeverity(found)}`] : [];
  });
  return reasons.length > 0 ? { kind: 'failed', reasons } : { kind: 'passed' };
}

/** Such as `1 critical, 2 high`, or `nothing`. */
export function countBySeverity(findings: readonly Finding[]): string {
  const counts = severities
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0);
  return counts.map(({ severity, count }) => `${count} ${severity}`).join(', ') || 'nothing';
}
