import { setTimeout as delay } from 'node:timers/promises';
import type { OneOffBegun, OneOffRun } from '../host/host.ts';
import type { OneOffState } from '../supervisor/one-off-spec.ts';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure, lastLines } from './act-failure.ts';
import { isOver } from './act-journal.ts';
import { type Acting, componentsOf, envOf } from './acting.ts';

const lookMs = 100;

/**
 * Runs the migrations, one component after the other, each once for the token.
 * @throws DefiniteFailure when one ends with anything but 0: no exit status is a failure too
 */
export async function migrate(acting: Acting, deployment: TargetDeployment, token: string): Promise<void> {
  const { host, journal } = acting;
  for (const component of componentsOf(acting, deployment, 'migration')) {
    // Somebody may have stopped it between two components.
    if (journal.read(token)?.outcome?.kind === 'failed') return;
    const run: OneOffRun = {
      token: oneOffToken(token, component.name),
      group: 'migration',
      component: component.name,
      artifact: component.artifact,
      command: component.options.command,
      volumes: component.options.volumes,
      env: envOf(acting, deployment, component),
      timeoutMs: deployment.limits.migrationTimeoutMs,
    };
    const state = await toItsEnd(acting, run.token, await host.beginOneOff(run));
    if (state.exitCode === 0) continue;
    const output = lastLines(await host.output('one-off', run.token));
    throw new DefiniteFailure(`${component.name}: ${state.reason}${output}`);
  }
}

/** Ends the migrations that were begun under a token, and sees to it that none of them begins any more. */
export async function stopMigration(
  acting: Acting,
  deployment: TargetDeployment,
  migration: string,
): Promise<void> {
  const { host, journal } = acting;
  const reason = 'it was stopped';
  // Also one of which nothing is known here: whoever was to begin it may still be about to.
  if (!isOver(journal.read(migration))) {
    const outcome = { kind: 'failed', fault: 'definite', reason } as const;
    journal.write({ token: migration, task: { kind: 'migrate' }, deployment: null, outcome });
  }
  for (const { name } of componentsOf(acting, deployment, 'migration')) {
    await host.stopOneOff(oneOffToken(migration, name), reason);
  }
}

export function oneOffToken(token: string, component: string): string {
  return `${token}.${component}`;
}

/** Looks at a one-off until it has ended. @throws when it can't begin yet */
export async function toItsEnd(
  { host, signal }: Acting,
  token: string,
  begun: OneOffBegun,
): Promise<Extract<OneOffState, { kind: 'ended' }>> {
  if (begun.kind === 'busy') throw new Error(begun.message);
  for (let { state } = begun; ; ) {
    if (state.kind === 'ended') return state;
    await delay(lookMs, undefined, { signal });
    const next = await host.oneOff(token);
    if (next === null) throw new Error(`nothing is known of ${token} any more`);
    state = next;
  }
}
