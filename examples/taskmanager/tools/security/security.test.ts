import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAudit } from './advisories.ts';
import type { Finding, ScanResult } from './finding.ts';
import { assessScans, countBySeverity } from './gate.ts';
import { readLeaks, scanHistory } from './gitleaks.ts';
import { annotateScans, describeScans } from './presentation.ts';
import { toSarif } from './sarif.ts';
import { scanSecrets } from './secrets.ts';
import { scanSource } from './static-analysis.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

function finding(severity: Finding['severity']): Finding {
  return { rule: 'rule', severity, message: '100% wrong\nhere', file: 'src/a,b.ts', line: 3, column: 7 };
}

/** A repository with the scanner's configuration and one file of the given text. */
async function repositoryWith(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'security-scan-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await run('git', ['init', '--quiet', folder]);
  await cp(join(root, 'oxlint.json'), join(folder, 'oxlint.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n.env\n');
  await cp(join(root, 'tests/memory/memory-cache.ts'), join(folder, 'src/a.ts'));
  await writeFile(join(folder, name), content);
  return folder;
}

describe('advisories', () => {
  test('the answer of a registry that does not serve them is no clean bill of health', () => {
    const answer = { message: '405 Method Not Allowed', method: 'POST', statusCode: 405 };
    expect(readAudit(JSON.stringify(answer))).toEqual({
      kind: 'unavailable',
      scanner: 'npm audit',
      reason: '405 Method Not Allowed',
    });
    expect(readAudit('')).toMatchObject({ kind: 'unavailable' });
  });

  test('an advisory becomes one finding, under the package that it is about', () => {
    const advisory = {
      title: 'Prototype pollution',
      url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
      severity: 'high',
      range: '<1.2.3',
    };
    const report = {
      auditReportVersion: 2,
      vulnerabilities: { lodash: { via: [advisory] }, grunt: { via: ['lodash'] } },
    };
    const result = readAudit(JSON.stringify(report));
    expect(result.kind === 'scanned' && result.findings).toMatchObject([
      { rule: 'GHSA-aaaa-bbbb-cccc', severity: 'high', file: 'package-lock.json' },
    ]);
  });

  test('a report without vulnerabilities is clean', () => {
    const report = JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} });
    expect(readAudit(report)).toEqual({ kind: 'scanned', scanner: 'npm audit', findings: [] });
  });
});

describe('static analysis', () => {
  test('finds what an attacker would use, with its place', async () => {
    const folder = await repositoryWith(
      'src/b.ts',
      "import { exec } from 'node:child_process';\nexport const list = (path: string) => exec('ls ' + path);\n",
    );
    expect(await scanSource(folder)).toMatchObject({
      kind: 'scanned',
      findings: [{ rule: 'security/detect-child-process', severity: 'high', file: 'src/b.ts', line: 2 }],
    });
  });
});

describe('secrets', () => {
  const token = ['ghp', 'w'.repeat(36)].join('_');

  test('finds a credential in a file that git would keep, and does not repeat it', async () => {
    const folder = await repositoryWith('deploy.sh', `#!/bin/sh\nexport GH_TOKEN=${token}\n`);
    const result = await scanSecrets(folder);
    expect(result).toMatchObject({ findings: [{ severity: 'critical', file: 'deploy.sh', line: 2 }] });
    expect(JSON.stringify(result)).not.toContain(token);
  });

  test('leaves alone what git ignores', async () => {
    const folder = await repositoryWith('.env', `GH_TOKEN=${token}\n`);
    expect(await scanSecrets(folder)).toEqual({
      kind: 'scanned',
      scanner: 'secrets (secretlint)',
      findings: [],
    });
  });

  test('can not be made outside a repository, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'security-scan-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    expect(await scanSecrets(folder)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('secrets in the history, by Gitleaks', () => {
  const isInstalled = spawnSync('gitleaks', ['version']).status === 0;
  const git = (folder: string, ...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args]);

  test('are found after the file is gone, with their commit, and not repeated', async (ctx) => {
    if (!isInstalled) return ctx.skip('Gitleaks is not installed');
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
    const folder = await repositoryWith('deploy.sh', `#!/bin/sh\nexport GH_TOKEN=${token}\n`);
    await git(folder, 'add', 'deploy.sh');
    await git(folder, 'commit', '--quiet', '--message', 'Deploy');
    const commit = (await git(folder, 'rev-parse', '--short=12', 'HEAD')).stdout.trim();
    await git(folder, 'rm', '--quiet', 'deploy.sh');
    await git(folder, 'commit', '--quiet', '--message', 'Remove it again');
    const result = await scanHistory(folder);
    expect(result).toMatchObject({
      kind: 'scanned',
      findings: [{ rule: 'gitleaks/github-pat', severity: 'critical', file: 'deploy.sh', line: 2 }],
    });
    expect(JSON.stringify(result)).toContain(`(commit ${commit})`);
    expect(JSON.stringify(result)).not.toContain(token);
  });

  test('are not said to be none where git can not read it', async (ctx) => {
    if (!isInstalled) return ctx.skip('Gitleaks is not installed');
    const folder = await mkdtemp(join(tmpdir(), 'security-scan-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    expect(await scanHistory(folder)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('not a git repository'),
    });
  });
});

test('a secret that Gitleaks found in the history is told with its commit', () => {
  const leak = {
    RuleID: 'aws-access-token',
    Description: 'An AWS access token',
    Commit: '0123456789abcdef0123456789abcdef01234567',
    File: 'deploy.sh',
    StartLine: 1,
    StartColumn: 22,
    Secret: 'REDACTED',
  };
  expect(readLeaks(JSON.stringify([leak]))).toEqual([
    {
      rule: 'gitleaks/aws-access-token',
      severity: 'critical',
      message: 'An AWS access token (commit 0123456789ab)',
      file: 'deploy.sh',
      line: 1,
      column: 22,
    },
  ]);
});

describe('the gate', () => {
  const scanned = (...found: Finding[]): ScanResult => ({
    kind: 'scanned',
    scanner: 'secrets',
    findings: found,
  });
  const unavailable: ScanResult = { kind: 'unavailable', scanner: 'npm audit', reason: 'offline' };
  const lenient = { failOn: 'high', requireAll: false } as const;

  test.each([
    ['critical', 'failed'],
    ['high', 'failed'],
    ['moderate', 'passed'],
    ['low', 'passed'],
  ] as const)('a %s finding: %s', (severity, expected) => {
    expect(assessScans([scanned(finding(severity))], lenient).kind).toBe(expected);
  });

  test('a scan that could not be made fails it only where every scan is required', () => {
    expect(assessScans([unavailable], lenient)).toEqual({ kind: 'passed' });
    expect(assessScans([unavailable], { ...lenient, requireAll: true })).toEqual({
      kind: 'failed',
      reasons: ['npm audit is not available: offline'],
    });
  });

  test('counts by severity, gravest first', () => {
    expect(countBySeverity([finding('low'), finding('critical'), finding('low')])).toBe('1 critical, 2 low');
    expect(countBySeverity([])).toBe('nothing');
  });

  test('what could not be scanned is shown, on the terminal and on the run', () => {
    expect(describeScans([unavailable], { kind: 'passed' })).toContain('NOT AVAILABLE  npm audit: offline');
    expect(annotateScans([unavailable])).toBe(
      '::warning title=npm audit::Not available, so nothing was scanned: offline\n',
    );
  });

  test('annotations escape what would end them early', () => {
    expect(annotateScans([scanned(finding('high'))])).toBe(
      '::error file=src/a%2Cb.ts,line=3,col=7,title=rule::100%25 wrong%0Ahere\n',
    );
  });

  test('the SARIF says of each scanner whether it ran, what it found and where', () => {
    expect(toSarif([unavailable, scanned(finding('moderate'))])).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'npm audit' } },
          invocations: [{ executionSuccessful: false }],
          results: [],
        },
        {
          invocations: [{ executionSuccessful: true }],
          results: [
            {
              ruleId: 'rule',
              level: 'warning',
              locations: [
                { physicalLocation: { artifactLocation: { uri: 'src/a,b.ts' }, region: { startLine: 3 } } },
              ],
            },
          ],
        },
      ],
    });
  });
});

test('the configuration of the scanner knows every rule of its plugin', async () => {
  const { rules } = JSON.parse(await readFile(join(root, 'oxlint.json'), 'utf8')) as {
    rules: Record<string, string>;
  };
  const files = await readdir(join(root, 'node_modules/eslint-plugin-security/rules'));
  const known = files.map((file) => `security/${file.replace(/\.js$/, '')}`);
  const configured = Object.keys(rules).filter((rule) => rule.startsWith('security/'));
  expect(configured.sort()).toEqual(known.sort());
});
