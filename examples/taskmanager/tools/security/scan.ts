import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scanAdvisories } from './advisories.ts';
import { assessScans } from './gate.ts';
import { annotateScans, describeScans } from './presentation.ts';
import { toSarif } from './sarif.ts';
import { scanForSecrets } from './secrets.ts';
import { scanSource } from './static-analysis.ts';

/**
 * `npm run security [-- dependencies] [static] [secrets]`: known vulnerabilities of the dependencies, static analysis of the source, files
 * and history for secrets; all three if none is named. Critical and high findings fail it. A scan that can't be
 * made here (npm audit without its registry) is shown as such, and fails it when SECURITY_REQUIRE_ALL is `true`.
 * Leaves reports/security.json and reports/security.sarif, and SARIF in the file that $SARIF names as well.
 */
const root = join(import.meta.dirname, '../..');
const scans = { dependencies: scanAdvisories, static: scanSource, secrets: scanForSecrets };
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(scans, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no scan ${unknown.join(', ')}; there are ${Object.keys(scans).join(', ')}.\n`,
  );
  process.exit(2);
}
const chosen = Object.entries(scans).filter(([name]) => named.length === 0 || named.includes(name));
const results = await Promise.all(chosen.map(([, scan]) => scan(root)));
const verdict = assessScans(results, {
  failOn: 'high',
  requireAll: process.env.SECURITY_REQUIRE_ALL === 'true',
});

const reports = join(root, 'reports');
await mkdir(reports, { recursive: true });
await writeFile(join(reports, 'security.json'), `${JSON.stringify({ verdict, results }, null, 2)}\n`);
const sarif = `${JSON.stringify(toSarif(results), null, 2)}\n`;
await writeFile(join(reports, 'security.sarif'), sarif);
if (process.env.SARIF) await writeFile(process.env.SARIF, sarif);

if (process.env.GITHUB_ACTIONS === 'true') process.stdout.write(annotateScans(results));
process.stdout.write(describeScans(results, verdict));
process.exitCode = verdict.kind === 'passed' ? 0 : 1;
