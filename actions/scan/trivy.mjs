import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Vulnerabilities and secrets of an image or a folder. Where Trivy knows no package in it (no lock file, no package manager), it looked
 * for no vulnerability, which is not the same as finding none.
 * @param {{ reference: string, directory: string, sarif: string }} subject
 */
export async function scanByTrivy({ reference, directory, sarif }) {
  const folder = await mkdtemp(join(tmpdir(), 'trivy-'));
  const report = join(folder, 'report.json');
  const isImage = reference.includes('@');
  try {
    await run('trivy', [
      isImage ? 'image' : 'filesystem',
      '--scanners=vuln,secret',
      '--format=json',
      '--list-all-pkgs',
      `--output=${report}`,
      isImage ? reference : directory,
    ]);
    const found = JSON.parse(await readFile(report, 'utf8'));
    if (isEmpty(found)) return { unavailable: 'Trivy knows no package in it' };
    await run('trivy', ['convert', '--format=sarif', `--output=${sarif}`, report]);
    const { stdout } = await run('trivy', ['version', '--format=json']);
    return {
      scanner: `trivy ${JSON.parse(stdout).Version}`,
      findings: countFindings(found),
    };
  } catch (error) {
    if (error.code === 'ENOENT') return { unavailable: 'Trivy is not installed' };
    // Most often its database can't be fetched.
    return { unavailable: `Trivy failed: ${(error.stderr ?? error.message).trim().split('\n').at(-1)}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {{ Results?: { Packages?: object[], Vulnerabilities?: object[], Secrets?: object[] }[] }} report */
function isEmpty({ Results: results = [] }) {
  return results.every((result) =>
    ['Packages', 'Vulnerabilities', 'Secrets'].every((kind) => (result[kind] ?? []).length === 0),
  );
}

/** @param {{ Results?: { Vulnerabilities?: { Severity: string }[], Secrets?: { Severity: string }[] }[] }} report */
export function countFindings({ Results: results = [] }) {
  const found = results.flatMap(({ Vulnerabilities: flaws = [], Secrets: secrets = [] }) => [
    ...flaws,
    ...secrets,
  ]);
  const count = (severity) => found.filter(({ Severity }) => Severity === severity).length;
  // What has no severity yet may be grave or not: it is counted where people look, and fails nobody by default.
  return {
    critical: count('CRITICAL'),
    high: count('HIGH'),
    medium: count('MEDIUM') + count('UNKNOWN'),
    low: count('LOW'),
  };
}
