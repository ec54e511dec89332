import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toSarif } from './sarif.mjs';

/**
 * Known vulnerabilities of the packages that run. Not every registry serves them.
 * @param {{ directory: string, sarif: string }} subject
 */
export async function scanByNpm({ directory, sarif }) {
  if (!existsSync(join(directory, 'package-lock.json')))
    return { unavailable: 'there is no package-lock.json' };
  const audit = readAudit(await askNpm(directory));
  if (audit.unavailable !== undefined) return audit;
  await writeFile(sarif, JSON.stringify(toSarif('npm audit', audit.advisories)));
  return { scanner: 'npm audit', findings: audit.findings };
}

/** @param {string} directory */
function askNpm(directory) {
  return new Promise((resolve) => {
    const options = { cwd: directory, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
    // npm ends with 1 for vulnerabilities and for failures alike.
    execFile('npm', ['audit', '--json', '--package-lock-only', '--omit=dev'], options, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

/**
 * npm's report version 2; anything else is no report.
 * @param {string} text
 */
export function readAudit(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return { unavailable: 'npm audit gave no report' };
  }
  if (report.auditReportVersion !== 2) return { unavailable: `npm audit: ${report.message ?? 'no report'}` };
  const { critical, high, moderate, low } = report.metadata.vulnerabilities;
  // A string in `via` names another vulnerable package, which has an entry of its own.
  const advisories = Object.entries(report.vulnerabilities).flatMap(([name, { via }]) =>
    via
      .filter((advisory) => typeof advisory !== 'string')
      .map(({ url, title, range, severity }) => ({
        rule: url.split('/').at(-1),
        severity: severity === 'moderate' ? 'medium' : severity,
        message: `${name} ${range}: ${title} (${url})`,
        file: 'package-lock.json',
      })),
  );
  return { findings: { critical, high, medium: moderate, low }, advisories };
}
