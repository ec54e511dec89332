import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import type { OneOffBegun, OneOffRun } from '../host/host.ts';
import type { OneOffState } from '../supervisor/one-off-spec.ts';
import { type ContainerFacts, labels, listContainers } from './container-facts.ts';
import { type DockerCli, DockerFailure, environmentOptions } from './docker-cli.ts';
import { commandOptions, labelOptions, referenceOf, volumeOptions } from './run-options.ts';

/** Of those that have ended, with what they printed. */
const keptContainers = 50;

/** What is written of a one-off beside its container: that it was to begin, that it has, why it was ended. */
interface Note {
  phase: 'intended' | 'begun';
  stopReason: string | null;
}

export interface DockerOneOffs {
  /** Its image must be here. */
  begin(run: OneOffRun): Promise<OneOffBegun>;
  read(token: string): Promise<OneOffState | null>;
  tokens(prefix: string): Promise<string[]>;
  /** @throws when it can't be ended */
  stop(token: string, reason: string): Promise<void>;
}

export interface DockerOneOffsOptions {
  cli: DockerCli;
  target: string;
  directory: string;
  /** Options of `docker run` that all containers of the target have. */
  common(): Promise<string[]>;
}

/**
 * One-offs as containers that stay when they have ended: the engine keeps the exit status. Its name is made from the token, so that the
 * engine itself refuses a second one.
 */
export function createDockerOneOffs({ cli, target, directory, common }: DockerOneOffsOptions): DockerOneOffs {
  const noteFile = (token: string) => join(directory, 'one-offs', `${token}.json`);
  const noteOf = (token: string) => readJson(noteFile(token)) as Note | undefined;
  const nameOf = (token: string) =>
    `slipway-${target}-${createHash('sha256').update(token).digest('hex').slice(0, 16)}`;
  const all = () => listContainers(cli, target, 'one-off');

  async function find(token: string): Promise<ContainerFacts | undefined> {
    return (await all()).find((container) => container.labels[labels.id] === token);
  }

  async function read(token: string): Promise<OneOffState | null> {
    const note = noteOf(token);
    const container = await find(token);
    if (!container) {
      return note?.phase === 'begun' ? ended(null, note.stopReason ?? 'its container was removed') : null;
    }
    const { startedAtMs, isRunning, status, exitCode, error } = container;
    if (note?.stopReason != null && !isRunning) return ended(null, note.stopReason);
    // Created, and never started: whoever begins it anew starts it.
    if (startedAtMs === null) return error === '' ? null : ended(null, `it can't be started: ${error}`);
    if (!isRunning && status === 'exited') return ended(exitCode, `it ended with ${exitCode}`);
    const timeoutMs = Number(container.labels[labels.timeoutMs]);
    if (Date.now() - startedAtMs >= timeoutMs) {
      await stop(token, `it was ended after ${timeoutMs} ms`);
      return read(token);
    }
    return { kind: 'running', sinceMs: startedAtMs };
  }

  /** What is noted of a stop stays: nothing begins after it. */
  function note(token: string, phase: Note['phase'], stopReason = noteOf(token)?.stopReason ?? null): void {
    writeDurably(noteFile(token), { phase, stopReason } satisfies Note);
  }

  async function stop(token: string, reason: string): Promise<void> {
    note(token, 'begun', reason);
    const container = await find(token);
    if (!container || !isUp(container)) return;
    const { exitCode, stderr } = await cli.attempt(['kill', container.id]);
    if (exitCode === 0) return;
    const left = await find(token);
    if (left && isUp(left)) throw new DockerFailure('kill', stderr);
  }

  async function forgetOldest(): Promise<void> {
    const ended = (await all()).filter(({ isRunning, startedAtMs }) => !isRunning && startedAtMs !== null);
    const oldest = ended.sort((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0)).slice(keptContainers);
    for (const { id } of oldest) await cli.attempt(['rm', id]);
  }

  async function make(
    { token, group, component, artifact, command, volumes, env, timeoutMs }: OneOffRun,
    options: string[],
  ): Promise<void> {
    const environment = environmentOptions(env);
    const own = { kind: 'one-off', id: token, component, group, timeoutMs: String(timeoutMs) } as const;
    const args = [
      ...['run', '--detach', '--name', nameOf(token), ...options],
      ...labelOptions(own),
      ...volumeOptions(volumes),
      ...environment.args,
      ...commandOptions(referenceOf(artifact), command),
    ];
    const begun = await cli.attempt(args, { env: environment.env });
    // Its state says why one can't be started; another failure leaves no container.
    if (begun.exitCode !== 0 && !(await find(token))) throw new DockerFailure('run', begun.stderr);
  }

  return {
    read,
    stop,
    async begin(run) {
      const { token, group } = run;
      const known = await read(token);
      if (known) return { kind: 'known', state: known };
      const other = (await all()).find((one) => one.isRunning && one.labels[labels.group] === group);
      if (other) {
        const message = `${other.labels[labels.id]} runs, and only one ${group} at a time`;
        return { kind: 'busy', message };
      }
      await forgetOldest();
      const options = await common();
      const left = await find(token);
      const stopReason = noteOf(token)?.stopReason;
      if (stopReason != null) return { kind: 'known', state: ended(null, stopReason) };
      note(token, 'intended');
      if (left) await cli.run(['start', left.id]);
      else await make(run, options);
      note(token, 'begun');
      // Somebody may have looked for it before there was anything to end.
      const late = noteOf(token)?.stopReason;
      if (late != null) await stop(token, late);
      return { kind: 'known', state: (await read(token)) ?? ended(null, 'it has never started') };
    },
    async tokens(prefix) {
      const tokens = (await all()).map((container) => container.labels[labels.id] ?? '');
      return tokens.filter((token) => token.startsWith(prefix)).sort();
    },
  };
}

function isUp({ status }: ContainerFacts): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

function ended(exitCode: number | null, reason: string): OneOffState {
  return { kind: 'ended', exitCode, reason, atMs: Date.now() };
}
