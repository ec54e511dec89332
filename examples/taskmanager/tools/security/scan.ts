import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scanAdvisories } from './advisories.ts';
import { assessScans } from './gate.ts';
import { annotateScans, describeScans } from './presentation.ts';
import { toSarif } from './sarif.ts';
import { scanSecrets } from './secrets.ts';
import { scanSource } from './static-analysis.ts';

/**
 * `npm run security`: dependencies, source and files for secrets. Critical and high findings fail it. A scan that can't be
 * made here (npm audit without its registry) is shown as such, and fails it when SECURITY_REQUIRE_ALL is `true`.
 * Leaves reports/security.json and reports/security.sarif.
 */
const root = join(import.meta.dirname, '../..');
const results = await Promise.all([scanAdvisories(root), scanSource(root), scanSecrets(root)]);
const verdict = assessScans(results, {
  failOn: 'high',
  requireAll: process.env.SECURITY_REQUIRE_ALL === 'true',
});

const reports = join(root, 'reports');
await mkdir(reports, { recursive: true });
await writeFile(join(reports, 'security.json'), `${JSON.stringify({ verdict, results }, null, 2)}\n`);
await writeFile(join(reports, 'security.sarif'), `${JSON.stringify(toSarif(results), null, 2)}\n`);

if (process.env.GITHUB_ACTIONS === 'true') process.stdout.write(annotateScans(results));
process.stdout.write(describeScans(results, verdict));
process.exitCode = verdict.kind === 'passed' ? 0 : 1;
