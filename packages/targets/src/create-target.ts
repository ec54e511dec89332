import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '@slipway/delivery';
import { DefiniteFailure } from './acts/act-failure.ts';
import { type ActRecord, isOver } from './acts/act-journal.ts';
import { type Acting, openEndpoints, readComponents } from './acts/acting.ts';
import { oneOffToken } from './acts/one-offs.ts';
import { performAct } from './acts/perform-act.ts';
import { observe } from './observe.ts';
import { readPendingMigrations } from './read-pending-migrations.ts';
import { endDaemon, type SupervisorClient } from './supervisor/supervisor-client.ts';
import type { ActOutcome, Target, TargetAct } from './target.ts';

export interface TargetParts {
  directory: string;
  acting: Acting;
  /** Of smoke tests, and of what else runs beside the edge. */
  supervisor: SupervisorClient;
  edgeDirectory: string;
  close: AbortController;
}

/**
 * A target of a host and an edge. An act is done here, in this process, but in steps that may be done again: after a crash the next target
 * does the rest of it when it is asked how the act stands.
 */
export function createTarget({ directory, acting, supervisor, edgeDirectory, close }: TargetParts): Target {
  const { journal, host, signal } = acting;
  const running = new Map<string, Promise<void>>();
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  function start(record: ActRecord): void {
    const { token, task, deployment } = record;
    if (running.has(token) || deployment === null || signal.aborted) return;
    const done = performAct({ acting, supervisor }, { token, task, deployment }).then(
      (weight) => conclude(token, { kind: 'succeeded', ...(weight !== undefined && { weight }) }),
      (error: Error) => {
        // The next target goes on with it.
        if (signal.aborted) return;
        const fault = error instanceof DefiniteFailure ? 'definite' : 'transient';
        conclude(token, { kind: 'failed', fault, reason: error.message });
      },
    );
    // What can't be written (a full disk) is done again when the act is asked for.
    const over = done.catch(() => undefined).finally(() => running.delete(token));
    running.set(token, over);
  }

  /** What was concluded first holds: a migration that was stopped stays stopped. */
  function conclude(token: string, outcome: NonNullable<ActRecord['outcome']>): void {
    const record = journal.read(token);
    if (record?.outcome === null) journal.write({ ...record, deployment: null, outcome });
  }

  function inspect(token: string): ActOutcome {
    const record = journal.read(token);
    if (record === null) return { kind: 'unknown' };
    if (record.outcome !== null) return record.outcome;
    start(record);
    return { kind: 'running' };
  }

  return {
    kind: host.kind,
    async begin({ token, task, deployment }: TargetAct) {
      const known = journal.read(token);
      if (isOver(known)) return;
      const record: ActRecord = { token, task, deployment, outcome: null };
      if (known?.outcome !== null) journal.write(record);
      start(record);
    },
    inspect: async (token) => inspect(token),
    async settled(token, timeoutMs) {
      const outcome = inspect(token);
      if (outcome.kind !== 'running') return outcome;
      const done = running.get(token) ?? Promise.resolve();
      await Promise.race([done, delay(timeoutMs, undefined, { ref: false })]);
      return inspect(token);
    },
    mistakesIn: (placement) =>
      readComponents(host.kind, placement, ['service', 'worker', 'migration']).mistakes,
    observe: () => observe(acting),
    pendingMigrations: (deployment) => readPendingMigrations(acting, deployment),
    endpoints: () => openEndpoints(acting),
    async output(token) {
      const record = journal.read(token);
      if (record?.task.kind === 'smoke') return supervisor.log('one-off', token);
      if (record?.task.kind !== 'migrate') return null;
      const outputs = await Promise.all(
        (await host.oneOffsOf(oneOffToken(token, ''))).map((one) => host.output('one-off', one)),
      );
      return outputs.length === 0 ? null : outputs.join('');
    },
    async close() {
      close.abort();
      await Promise.all(running.values());
    },
    async tearDown() {
      close.abort();
      await Promise.all(running.values());
      // What can't be ended doesn't keep the others; the supervisor goes before the edge, which it would start again.
      const ends = [() => host.end(), () => supervisor.end(), () => endDaemon(edgeDirectory)];
      const mistakes: unknown[] = [];
      for (const end of ends) await end().catch((error) => mistakes.push(error));
      if (mistakes.length > 0) throw new AggregateError(mistakes, 'not everything could be ended');
      for (const { revision } of acting.records.list()) acting.records.remove(revision);
      await host.prune(new Set<Digest>());
    },
  };
}
