import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { annotate, fail, input, setOutput, summarize } from '../step.mjs';
import { scanByNpm } from './npm-advisories.mjs';
import { scanByCommand } from './own-command.mjs';
import { scanByTrivy } from './trivy.mjs';

/**
 * A scanner resolves to `{ scanner, findings: { critical, high, medium, low } }` and has left SARIF, or to `{ unavailable: reason }`.
 * The first that is available counts.
 */
const subject = {
  reference: input('REFERENCE'),
  directory: resolve(input('DIRECTORY')),
  sarif: resolve(input('SARIF')),
};
const gate = input('SEVERITY')
  .toLowerCase()
  .split(',')
  .map((name) => name.trim())
  .filter(Boolean);
const unknown = gate.filter((name) => !['critical', 'high', 'medium', 'low'].includes(name));
if (unknown.length > 0)
  fail('Scan', `severity names ${unknown.join(', ')}; there are CRITICAL, HIGH, MEDIUM and LOW.`);

const result = await scan();
if (result === undefined) {
  setOutput('sarif', '');
  setOutput('evidence', '[]');
} else {
  const digest = `sha256:${subject.reference.split('sha256:')[1]}`;
  setOutput('sarif', input('SARIF'));
  setOutput(
    'evidence',
    JSON.stringify([{ kind: 'scan', scanner: result.scanner, digest, findings: result.findings }]),
  );
  judge(result);
}

async function scan() {
  // What lies there, perhaps committed, is no result of this scan.
  await rm(subject.sarif, { force: true });
  const reasons = [];
  for (const scanner of [scanByTrivy, scanByNpm]) {
    const outcome = await scanner(subject);
    if (outcome.unavailable === undefined) return outcome;
    reasons.push(outcome.unavailable);
  }
  const reason = `Known vulnerabilities were not looked for: ${reasons.join('; ')}.`;
  if (input('REQUIRE_ADVISORIES') === 'true') fail('Scan', reason);
  annotate('warning', 'Scan', reason);
  const command = input('OTHERWISE');
  return command === '' ? undefined : scanByCommand(command, subject);
}

/** @param {{ scanner: string, findings: Record<string, number> }} result */
function judge({ scanner, findings }) {
  const counts = Object.entries(findings)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
  summarize(`**${scanner}**: ${counts}`);
  process.stdout.write(`${scanner}: ${counts}\n`);
  const grave = gate.filter((severity) => (findings[severity] ?? 0) > 0);
  if (grave.length > 0)
    fail(
      'Scan',
      `${scanner} found ${grave.map((severity) => `${findings[severity]} ${severity}`).join(', ')}.`,
    );
}
