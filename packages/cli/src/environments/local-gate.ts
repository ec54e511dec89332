import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentGate } from '@slipway/server/runs';
import type { RunSession } from '../runs/run-session.ts';

export interface LocalGateOptions {
  /** Of the repository. */
  root: string;
  session: RunSession;
  /** Environments that `--approve` names. */
  approved: readonly string[];
  /** Whether somebody can be asked. */
  mayAsk: boolean;
}

/**
 * Asks before jobs of `slipway run` enter an environment that has reviewers in the repository's own `slipway.yml`. Without that file
 * environments are free here: undefined. What it takes is loaded when a job names an environment.
 */
export function localGate(options: LocalGateOptions): EnvironmentGate | undefined {
  const file = join(options.root, 'slipway.yml');
  if (!existsSync(file)) return undefined;
  let opening: Promise<EnvironmentGate> | null = null;
  return {
    enter(entrant) {
      opening ??= import('./ask-approval.ts').then(({ askingGate }) => askingGate(file, options));
      opening.then(
        (gate) => gate.enter(entrant),
        (error: unknown) => entrant.refuse(error instanceof Error ? error.message : String(error)),
      );
    },
  };
}
