import { readFileSync } from 'node:fs';
import { type AttestationsAnswer, attestationsSchema } from '@slipway/contracts/api/delivery';
import { z } from 'zod';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printError, printOut } from '../view/print.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { withDesk } from './open-desk.ts';
import { type VerificationKey, type Verified, verifyRelease } from './verify-release.ts';

const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

/** `release verify`: with both files nobody is asked. */
export async function verifyCommand(reference: string, typed: TypedArguments): Promise<number> {
  const mistakes: Mistake[] = [];
  const kept = readJsonFile(typed, { option: 'attestations', schema: attestationsSchema, mistakes });
  const trusted = readJsonFile(typed, { option: 'keys', schema: keysSchema, mistakes })?.keys;
  if (mistakes.length > 0) return refuse(mistakes);
  if (kept !== undefined && trusted !== undefined) return say(kept, trusted, { reference, typed });
  return withDesk(typed, async (desk) => {
    const answer = kept ?? (await desk.attestations(reference));
    return say(answer, trusted ?? (await desk.attestationKeys()), { reference, typed });
  });
}

/** `release show --provenance`: what is signed, as it is, or in words. */
export async function showProvenance(
  desk: DeliveryDesk,
  reference: string,
  { switches }: TypedArguments,
): Promise<number> {
  const answer = await desk.attestations(reference);
  if (switches.has('json')) {
    printOut(`${JSON.stringify(answer)}\n`);
    return exitStatus.success;
  }
  for (const one of verifyRelease(answer, await desk.attestationKeys())) printOut(`${textOf(one)}\n`);
  return exitStatus.success;
}

function say(
  answer: AttestationsAnswer,
  keys: readonly VerificationKey[],
  { reference, typed }: { reference: string; typed: TypedArguments },
): number {
  const { tag, commit } = answer.release;
  // A file could hold another release than the one that is meant.
  const isMeant = reference === tag || commit.startsWith(reference) || !typed.values.has('attestations');
  if (!isMeant) {
    printError(`slipway: --attestations is of release ${tag} and not of ${reference}\n`);
    return exitStatus.failure;
  }
  const verified = verifyRelease(answer, keys);
  if (typed.switches.has('json')) printOut(`${JSON.stringify({ release: answer.release, verified })}\n`);
  else for (const one of verified) printOut(`${textOf(one)}\n`);
  const isProven = verified.length > 0 && verified.every(({ kind }) => kind === 'proven');
  return isProven ? exitStatus.success : exitStatus.failure;
}

function textOf(one: Verified): string {
  const { component, reference } = one;
  if (one.kind === 'unproven') return `${component}  ${reference}\n  not proven: ${one.reason}`;
  const { buildDefinition, runDetails } = one.statement.predicate;
  const { workflow } = buildDefinition.externalParameters;
  const commits = buildDefinition.resolvedDependencies.map(({ digest }) => digest.gitCommit);
  return [
    `${component}  ${reference}`,
    `  run       ${runDetails.metadata.invocationId}`,
    `  workflow  ${workflow.path} (${workflow.ref}), job ${buildDefinition.internalParameters.slipway.job}`,
    `  commit    ${commits.join(', ')}`,
    `  builder   ${runDetails.builder.id}, key ${one.keyId}`,
  ].join('\n');
}

function readJsonFile<T>(
  { values }: TypedArguments,
  { option, schema, mistakes }: { option: string; schema: z.ZodType<T>; mistakes: Mistake[] },
): T | undefined {
  const file = values.get(option)?.[0];
  if (file === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    const mend =
      option === 'keys'
        ? 'Save /attestations/jwks of the server.'
        : 'Save what `slipway release show RELEASE --provenance --json` prints.';
    mistakes.push({ message: `--${option}: ${file} can't be read as what it should be`, mend });
    return undefined;
  }
}
