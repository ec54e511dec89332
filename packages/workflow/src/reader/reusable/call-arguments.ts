import { nearestName } from '../../model/nearest-name.ts';
import type { ReusableJob, Trigger } from '../../model/workflow.ts';
import { namedEntries } from '../convert/access.ts';
import { fitsCallInput } from '../convert/inputs.ts';
import type { Findings } from '../findings.ts';

/** Compares `with:` and `secrets:` of a call with what the called workflow declares. Names ignore case. */
export function checkArguments(findings: Findings, job: ReusableJob, trigger: Trigger): void {
  checkInputs(findings, job, trigger);
  if (job.secrets !== 'inherit') checkSecrets(findings, job, trigger);
}

function checkInputs(findings: Findings, job: ReusableJob, { inputs = {} }: Trigger): void {
  const given = byLowerCase(namedEntries(job.with).map((entry) => [entry.name, entry]));
  const declared = byLowerCase(Object.entries(inputs));
  for (const [name, { required, type }] of Object.entries(inputs)) {
    if (!required || given.has(name.toLowerCase())) continue;
    findings.add({
      at: job.usesAt,
      code: 'missing-input',
      message: `The input \`${name}\` of \`${job.uses}\` is required, but not given.`,
      mend: `Add \`${name}\` (${type}) under \`with:\`.`,
    });
  }
  for (const { name, value } of given.values()) {
    const input = declared.get(name.toLowerCase());
    if (!input) {
      const known = Object.keys(inputs);
      findings.add({
        at: value.at,
        code: 'unknown-input',
        message: `\`${job.uses}\` has no input \`${name}\`.`,
        mend: suggestion(name, known, 'Remove it: the workflow declares no inputs.'),
      });
    } else if (!fitsCallInput(input.type, value)) {
      findings.add({
        at: value.at,
        code: 'invalid-input-value',
        message: `\`${value.kind === 'literal' ? value.value : ''}\` is not a ${input.type}, as the input \`${name}\` wants.`,
        mend: `Write a ${input.type} without quotes.`,
      });
    }
  }
}

function checkSecrets(findings: Findings, job: ReusableJob, { secrets = {} }: Trigger): void {
  const given = byLowerCase(
    namedEntries(job.secrets === 'inherit' ? undefined : job.secrets).map((entry) => [entry.name, entry]),
  );
  const known = Object.keys(secrets);
  const declared = new Set(known.map((name) => name.toLowerCase()));
  for (const [name, { required }] of Object.entries(secrets)) {
    if (!required || given.has(name.toLowerCase())) continue;
    findings.add({
      at: job.usesAt,
      code: 'missing-secret',
      message: `The secret \`${name}\` of \`${job.uses}\` is required, but not given.`,
      mend: `Add \`${name}\` under \`secrets:\`, or write \`secrets: inherit\`.`,
    });
  }
  for (const { name, value } of given.values()) {
    if (declared.has(name.toLowerCase())) continue;
    findings.add({
      at: value.at,
      code: 'unknown-secret',
      // A workflow that declares none at all can still be run with them, and is by other tools.
      severity: known.length === 0 ? 'warning' : 'error',
      message: `\`${job.uses}\` has no secret \`${name}\`.`,
      mend: suggestion(name, known, 'Declare it in the called workflow: GitHub refuses the call.'),
    });
  }
}

function suggestion(name: string, known: string[], without: string): string {
  if (known.length === 0) return without;
  const guess = nearestName(name, known);
  return guess === undefined ? `It declares: ${known.join(', ')}.` : `Did you mean \`${guess}\`?`;
}

function byLowerCase<Value>(entries: [string, Value][]): Map<string, Value> {
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
