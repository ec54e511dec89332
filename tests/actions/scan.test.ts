import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAction, temporaryFolder } from './action-step.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const settings = { REFERENCE: digest, SEVERITY: 'CRITICAL,HIGH', SARIF: 'scan.sarif', DIRECTORY: '.' };
/** Trivy may be installed where the tests run; this one can't scan. */
const noTrivy = 'echo "no database" >&2; exit 1';

function folderWithLock(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  return folder;
}

/** npm that answers an audit with this. */
function npm(report: object): string {
  return `cat <<'END'\n${JSON.stringify(report)}\nEND`;
}

const counts = { critical: 0, high: 1, moderate: 2, low: 0 };
const report = {
  auditReportVersion: 2,
  vulnerabilities: {
    lodash: {
      via: [{ title: 'Pollution', url: 'https://example.com/GHSA-1', severity: 'high', range: '<4.17.21' }],
    },
    'uses-lodash': { via: ['lodash'] },
  },
  metadata: { vulnerabilities: counts },
};

test('findings of npm are counted, stored as SARIF and fail the severities that were named', async () => {
  const cwd = folderWithLock();
  const { status, outputs, stdout } = await runAction('scan/scan.mjs', settings, {
    cwd,
    programs: { npm: npm(report), trivy: noTrivy },
  });
  expect(status).toBe(1);
  expect(stdout).toContain('npm audit found 1 high');
  expect(JSON.parse(outputs.evidence!)).toEqual([
    { kind: 'scan', scanner: 'npm audit', digest, findings: { critical: 0, high: 1, medium: 2, low: 0 } },
  ]);
  const sarif = JSON.parse(readFileSync(join(cwd, 'scan.sarif'), 'utf8'));
  expect(sarif.runs[0].results).toMatchObject([{ ruleId: 'GHSA-1', level: 'error' }]);
});

test('findings below them are told and fail nothing', async () => {
  const { status, outputs } = await runAction(
    'scan/scan.mjs',
    { ...settings, SEVERITY: 'CRITICAL' },
    { cwd: folderWithLock(), programs: { npm: npm(report), trivy: noTrivy } },
  );
  expect(status).toBe(0);
  expect(outputs.evidence).toContain('"high":1');
});

test('a registry that serves no advisories is a warning, and the command that stands in is what is recorded', async () => {
  const cwd = folderWithLock();
  const sarif = {
    runs: [
      {
        tool: { driver: { name: 'secretlint' } },
        invocations: [{ executionSuccessful: true }],
        results: [{ level: 'note' }],
      },
      { tool: { driver: { name: 'broken' } }, invocations: [{ executionSuccessful: false }], results: [] },
    ],
  };
  writeFileSync(join(cwd, 'found.json'), JSON.stringify(sarif));
  const { status, stdout, outputs } = await runAction(
    'scan/scan.mjs',
    { ...settings, OTHERWISE: 'cp found.json "$SARIF"; exit 1' },
    { cwd, programs: { npm: npm({ message: '405 Method Not Allowed' }), trivy: noTrivy } },
  );
  expect(status).toBe(0);
  expect(stdout).toContain('::warning title=Scan::Known vulnerabilities were not looked for');
  expect(stdout).toContain('405 Method Not Allowed');
  expect(JSON.parse(outputs.evidence!)).toEqual([
    { kind: 'scan', scanner: 'secretlint', digest, findings: { critical: 0, high: 0, medium: 0, low: 1 } },
  ]);
});

test('a file that lies there already is not taken for what the command has found', async () => {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'scan.sarif'),
    JSON.stringify({ runs: [{ tool: { driver: { name: 'forged' } } }] }),
  );
  const { status, stdout, outputs } = await runAction(
    'scan/scan.mjs',
    { ...settings, OTHERWISE: 'exit 1' },
    { cwd, programs: { trivy: noTrivy } },
  );
  expect(status).toBe(1);
  expect(stdout).toContain('left no SARIF');
  expect(outputs).toEqual({});
});

test('without any scanner there is no evidence, and where advisories are required it fails', async () => {
  const nothing = { cwd: temporaryFolder(), programs: { trivy: noTrivy } };
  const open = await runAction('scan/scan.mjs', settings, nothing);
  expect(open).toMatchObject({ status: 0, outputs: { evidence: '[]', sarif: '' } });
  const strict = await runAction('scan/scan.mjs', { ...settings, REQUIRE_ADVISORIES: 'true' }, nothing);
  expect(strict.status).toBe(1);
});

test('a severity that does not exist is refused', async () => {
  const { status, stdout } = await runAction('scan/scan.mjs', { ...settings, SEVERITY: 'GRAVE' });
  expect(status).toBe(1);
  expect(stdout).toContain('severity names grave');
});

/** Trivy that reports this. */
function trivyThatFinds(report: object): string {
  return [
    'for word in "$@"; do case $word in --output=*) out=${word#--output=};; esac; done',
    `case $1 in version) echo '{"Version":"0.60.0"}';; filesystem) echo '${JSON.stringify(report)}' > "$out";; convert) echo '{"runs":[]}' > "$out";; *) exit 3;; esac`,
  ].join('\n');
}

test('where Trivy knows no package, nothing was looked for, which is no clean bill of health', async () => {
  for (const report of [{}, { Results: [{ Target: '.', Class: 'secret' }] }]) {
    const programs = { trivy: trivyThatFinds(report) };
    const { stdout, outputs } = await runAction('scan/scan.mjs', settings, { programs });
    expect(outputs).toMatchObject({ evidence: '[]', sarif: '' });
    expect(stdout).toContain('not looked for: Trivy knows no package in it');
  }
});

test('packages without a finding are a clean bill', async () => {
  const report = { Results: [{ Class: 'lang-pkgs', Packages: [{ Name: 'hono' }] }] };
  const programs = { trivy: trivyThatFinds(report) };
  const { status, outputs } = await runAction('scan/scan.mjs', settings, { programs });
  expect(status).toBe(0);
  expect(outputs.evidence).toContain('"scanner":"trivy 0.60.0"');
});

test('Trivy is asked first, and what has no severity yet is counted as medium', async () => {
  const found = {
    Results: [{ Vulnerabilities: [{ Severity: 'UNKNOWN' }], Secrets: [{ Severity: 'CRITICAL' }] }],
  };
  const programs = { trivy: trivyThatFinds(found) };
  const { status, outputs } = await runAction('scan/scan.mjs', settings, { programs });
  expect(status).toBe(1);
  expect(JSON.parse(outputs.evidence!)).toMatchObject([
    { scanner: 'trivy 0.60.0', findings: { critical: 1, high: 0, medium: 1, low: 0 } },
  ]);
});
