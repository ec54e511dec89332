import { z } from 'zod';
import { runCommand } from './command.ts';
import { type Finding, type ScanResult, severities } from './finding.ts';

const scanner = 'npm audit';

/** Asks the registry for the known vulnerabilities of the locked dependencies. Not every network lets that through. */
export async function scanAdvisories(root: string): Promise<ScanResult> {
  try {
    const { stdout } = await runCommand('npm', ['audit', '--json'], { cwd: root, timeoutMs: 60_000 });
    return readAudit(stdout);
  } catch (error) {
    return { kind: 'unavailable', scanner, reason: (error as Error).message };
  }
}

/** npm exits with 1 for vulnerabilities and for failures alike; only the shape of its answer tells them apart. */
export function readAudit(stdout: string): ScanResult {
  const answer = parseJson(stdout);
  const audit = report.safeParse(answer);
  if (audit.success) return { kind: 'scanned', scanner, findings: toFindings(audit.data) };
  const reason = failure.safeParse(answer).data?.message ?? 'npm gave no report';
  return { kind: 'unavailable', scanner, reason };
}

const failure = z.object({ message: z.string() });

/** npm's audit report version 2. A string in `via` names another vulnerable package, which has an entry of its own. */
const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          z.string(),
          z.object({
            title: z.string(),
            url: z.string(),
            severity: z.enum([...severities, 'info']),
            range: z.string(),
          }),
        ]),
      ),
    }),
  ),
});

function toFindings(audit: z.infer<typeof report>): Finding[] {
  return Object.entries(audit.vulnerabilities).flatMap(([name, { via }]) =>
    via
      .filter((advisory) => typeof advisory !== 'string')
      .map((advisory) => ({
        rule: advisory.url.split('/').at(-1) ?? advisory.url,
        severity: advisory.severity === 'info' ? 'low' : advisory.severity,
        message: `${name} ${advisory.range}: ${advisory.title} (${advisory.url})`,
        file: 'package-lock.json',
        line: 1,
        column: 1,
      })),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
