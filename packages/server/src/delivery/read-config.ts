import { SlipwayError } from '@slipway/contracts/errors';
import {
  type DeliveryConfig,
  type Diagnostic,
  type Environment,
  readDeliveryConfig,
} from '@slipway/delivery';
import { GitError, git } from '../repositories/git.ts';
import type { Repository } from './delivery-sources.ts';

const file = 'slipway.yml';

/**
 * `slipway.yml` as a commit has it.
 * @throws SlipwayError `invalid-delivery-config` with file, line and mend of what is wrong first
 */
export async function readConfigAt({ directory }: Repository, revision: string): Promise<DeliveryConfig> {
  const content = await contentAt(directory, revision);
  if (content === null) {
    throw new SlipwayError('invalid-delivery-config', {
      message: `There is no ${file} at ${shortName(revision)}. Describe components and environments in one at the root of the repository, and commit it.`,
    });
  }
  const { value, diagnostics } = readDeliveryConfig({ path: file, content });
  if (value) return value;
  throw invalidConfig(diagnostics, revision);
}

/** File, line and mend of what is wrong first, and how much more is. */
export function invalidConfig(diagnostics: readonly Diagnostic[], revision: string): SlipwayError {
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  const others = diagnostics.length - 1;
  const more = others > 0 ? ` (${others} more)` : '';
  return new SlipwayError('invalid-delivery-config', {
    message: `${first?.file}:${first?.line}:${first?.column} at ${shortName(revision)}: ${first?.message} ${first?.mend}${more}`,
  });
}

/** @throws SlipwayError `unknown-environment` */
export function environmentIn({ environments }: DeliveryConfig, name: string): Environment {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (found) return found;
  const names = Object.keys(environments);
  throw new SlipwayError('unknown-environment', {
    message: `There is no environment “${name}” in ${file} of the default branch. ${names.length === 0 ? 'Add it there.' : `Name one of ${names.join(', ')}, or add it there.`}`,
    field: 'environment',
  });
}

async function contentAt(directory: string, revision: string): Promise<string | null> {
  try {
    return await git(directory, ['cat-file', 'blob', `${revision}:${file}`]);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

function shortName(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 12) : revision.replace('refs/heads/', '');
}
