import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { runCommand } from './command.ts';
import type { Finding, ScanResult } from './finding.ts';
import { scanHistory } from './gitleaks.ts';

const scanner = 'secrets (secretlint)';

/** With Gitleaks where it is installed, which reads the history too; else with secretlint, which reads the files as they are now. */
export async function scanForSecrets(root: string): Promise<ScanResult> {
  return (await scanHistory(root)) ?? (await scanSecrets(root));
}

/** Looks for credentials in every file that git keeps or would keep. What git ignores may hold secrets. */
export async function scanSecrets(root: string): Promise<ScanResult> {
  const listing = await runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    timeoutMs: 60_000,
  });
  if (listing.code !== 0) return { kind: 'unavailable', scanner, reason: listing.stderr.trim() };
  const files = listing.stdout.split('\0').filter((file) => file !== '');
  const findings = await Promise.all(files.map((file) => findSecrets(root, file)));
  return { kind: 'scanned', scanner, findings: findings.flat() };
}

/** Passwords of service containers that live for one test job, and of the examples in messages. */
const allowed = ['/:testpass@localhost/', '/user:password@localhost/'];

async function findSecrets(root: string, file: string): Promise<Finding[]> {
  const filePath = join(root, file);
  const content = await readFile(filePath, 'utf8').catch(() => '');
  const { messages } = await lintSource({
    source: { filePath, content, ext: extname(file), contentType: 'text' },
    options: {
      // The report is stored and shown: it must not spread what it found.
      maskSecrets: true,
      config: {
        rules: [
          {
            id: '@secretlint/secretlint-rule-preset-recommend',
            rule: recommended,
            rules: [
              {
                id: '@secretlint/secretlint-rule-database-connection-string',
                options: { allows: allowed },
              },
            ],
          },
        ],
      },
    },
  });
  return messages.map((message) => ({
    rule: message.ruleId.replace('@secretlint/secretlint-rule-', 'secretlint/'),
    severity: message.severity === 'error' ? 'critical' : 'moderate',
    message: message.message,
    file,
    line: message.loc.start.line,
    column: message.loc.start.column + 1,
  }));
}
