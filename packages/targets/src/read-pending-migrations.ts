import type { PendingMigration } from '@slipway/delivery';
import { z } from 'zod';
import { lastLines } from './acts/act-failure.ts';
import { type Acting, componentsOf, envOf } from './acts/acting.ts';
import type { MigrationReading, TargetDeployment } from './target.ts';

const migration = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('expand'), name: z.string().min(1) }),
  z.object({ kind: z.literal('contract'), name: z.string().min(1), unusedFrom: z.number() }),
  z.object({ kind: z.literal('unmarked'), name: z.string().min(1) }),
]);

const answerMs = 120_000;

/** Asks each migration component by its `pending` command; one that can't be asked is itself a migration that says nothing. */
export async function readPendingMigrations(
  acting: Acting,
  deployment: TargetDeployment,
): Promise<MigrationReading> {
  try {
    const migrations: PendingMigration[] = [];
    for (const component of componentsOf(acting, deployment, 'migration')) {
      const { name, artifact, options } = component;
      if (options.pending === null) {
        migrations.push({ kind: 'unmarked', name: `${name} (has no \`pending\` command)` });
        continue;
      }
      const env = envOf(acting, deployment, component);
      const { pending: command, volumes } = options;
      const question = { component: name, artifact, command, volumes, env, timeoutMs: answerMs };
      const { exitCode, stdout, stderr } = await acting.host.ask(question);
      if (exitCode !== 0) {
        const how = exitCode === null ? '' : `: its command ended with ${exitCode}`;
        return { kind: 'failed', reason: `${name} can't say what is pending${how}${lastLines(stderr)}` };
      }
      migrations.push(...readLines(stdout));
    }
    return { kind: 'known', migrations };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function readLines(stdout: string): PendingMigration[] {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    try {
      return migration.parse(JSON.parse(line));
    } catch {
      throw new Error(`“${line.slice(0, 200)}” tells of no migration: print {"name","kind","unusedFrom"}`);
    }
  });
}
