import { execFileSync } from 'node:child_process';
import {
  cpSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  clearFreeze,
  createRelease,
  type DeploymentRow,
  findDeployment,
  keepBundle,
  type LocalDelivery,
  listDeployments,
  readDeploymentEvents,
  requestDeployment,
  requestRollback,
  revisionOf,
  sayWord,
} from '@slipway/server/delivery';
import type { RunningState } from '@slipway/targets';
import { createBundle } from '@slipway/targets/bundle';
import { meddled } from './meddled-target.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { configOf, type WorldOptions } from './world-config.ts';
import { openWorldDelivery, type WorldPlaces } from './world-delivery.ts';

export type { WorldOptions } from './world-config.ts';

/** How a release behaves; it can change at any time. */
export interface Faults {
  /** 0–1. */
  errorRate?: number;
  latencyMs?: number;
  unhealthy?: boolean;
  crashAfterMs?: number;
}

export interface ReleaseOptions {
  faults?: Faults;
  migrations?: string[];
  /** Default: a new one. */
  commit?: string;
  /** In the place of the bundle of `api`. */
  api?: string;
}

export interface WorldRelease {
  id: number;
  name: string;
  commit: string;
  /** Of `api`. */
  digest: string;
}

/** A repository whose releases run as processes of this machine, behind an edge, with people who use them. */
export interface ProcessWorld {
  project: string;
  /** For other processes. */
  places: WorldPlaces;
  delivery: LocalDelivery;
  /** Where production requests go in. */
  url: string;
  release(options?: ReleaseOptions): Promise<WorldRelease>;
  setFaults(release: Pick<WorldRelease, 'name'>, faults: Faults): void;
  /** Of every process of `api`, in the order in which they were started. */
  starts(): string[];
  /** Of every process of `api`, in the order in which it came: that it was healthy for the first time, that it was asked to end. */
  life(): { release: string; pid: number; is: 'up' | 'down' }[];
  setMigrationFaults(faults: { exitCode?: number; hangMs?: number }): void;
  /** Lines of the database: one for each migration that ran. */
  database(): string[];
  /** What the metrics provider `http` answers: a figure, or nothing. */
  figures: { value: number | null; isDown: boolean };
  deploy(release: WorldRelease): Promise<DeploymentRow>;
  until(id: number, is: (deployment: DeploymentRow) => boolean): Promise<DeploymentRow>;
  ended(id: number): Promise<DeploymentRow>;
  /** Every weight that the target said, in order. */
  weights(id: number): Promise<number[]>;
  story(id: number): Promise<string[]>;
  observe(): Promise<RunningState>;
  traffic(): Traffic;
  trouble: unknown[];
  /** Added to the time by which the controller goes. */
  clock: { offsetMs: number };
  /** Ids of deployments of `rollback`, as a person asks for it. */
  rollback(to?: WorldRelease): Promise<DeploymentRow>;
  /** The newest first. */
  list(): Promise<DeploymentRow[]>;
  unfreeze(): Promise<void>;
  say(id: number, word: 'pause' | 'resume' | 'promote' | 'abort', reason?: string): Promise<DeploymentRow>;
  close(): Promise<void>;
}

const product = path.join(import.meta.dirname, 'tiny-product');

export async function processWorld(options: WorldOptions = {}): Promise<ProcessWorld> {
  const root = mkdtempSync(path.join(tmpdir(), 'slp-'));
  const directory = path.join(root, 'app');
  const faultsDirectory = path.join(root, 'faults');
  const databaseFile = path.join(root, 'db');
  const state = path.join(root, 's');
  for (const folder of [directory, faultsDirectory]) mkdirSync(folder);
  writeFileSync(databaseFile, '');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  for (const [key, value] of [
    ['user.name', 'Octo Cat'],
    ['user.email', 'octo@example.com'],
    ['commit.gpgsign', 'false'],
  ] as const)
    git('config', key, value);
  const figures = { value: 0 as number | null, isDown: false };
  const metrics = createServer((_, response) => {
    if (figures.isDown) response.writeHead(503).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ value: figures.value }));
  });
  await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
  const metricsUrl = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`;
  writeFileSync(path.join(directory, 'slipway.yml'), configOf(options, metricsUrl, root));
  git('add', '--all');
  git('commit', '--quiet', '-m', 'first');
  const clock = { offsetMs: 0 };
  const variables = { FAULTS_DIR: faultsDirectory, DB_FILE: databaseFile };
  const places = { directory, state, variables };
  const delivery = await openWorldDelivery(places, {
    now: () => Date.now() + clock.offsetMs,
    around: (target) => meddled(target, options),
  });
  const { sources } = delivery;
  const project = 'octo/app';
  const asker = { project, by: 'carol', runId: null };
  const trouble: unknown[] = [];
  if (options.drives !== false) delivery.drive((error) => trouble.push(error));
  const target = await sources.targets.open({
    project,
    environment: 'production',
    target: (await sources.environmentOf(project, 'production', 'none')).target,
  });
  const { production: url } = await target.endpoints();
  let count = 0;
  const world: ProcessWorld = {
    project,
    places,
    delivery,
    url,
    figures,
    trouble,
    clock,
    async release({ faults = {}, migrations = ['0001'], commit, api } = {}) {
      const name = `r${++count}`;
      world.setFaults({ name }, faults);
      if (commit === undefined) git('commit', '--quiet', '--allow-empty', '-m', name);
      const components: Record<string, string> = {};
      for (const [component, file] of [
        ['api', 'server.mjs'],
        ['migrations', 'migrate.mjs'],
      ] as const) {
        if (component === 'migrations' && !options.migrations) continue;
        const folder = path.join(root, 'build', name, component);
        mkdirSync(folder, { recursive: true });
        cpSync(path.join(product, file), path.join(folder, file));
        const content = component === 'api' ? { release: name } : { migrations };
        writeFileSync(path.join(folder, 'release.json'), JSON.stringify(content));
        if (options.image) {
          components[component] = await options.image(folder, component);
          continue;
        }
        const output = path.join(root, 'build', `${name}-${component}.bundle`);
        const { digest } = await createBundle({ directory: folder, output });
        await keepBundle(delivery.bundles, { project, digest, body: createReadStream(output) });
        components[component] = digest;
        rmSync(output);
      }
      const { row } = await createRelease(sources, asker, {
        commit: commit ?? git('rev-parse', 'HEAD'),
        components: { ...components, ...(api !== undefined && { api }) },
        evidence: [],
      });
      return { id: row.id, name, commit: row.commit_sha, digest: components.api ?? '' };
    },
    setFaults({ name }, faults) {
      writeFileSync(path.join(faultsDirectory, `${name}.json`), JSON.stringify(faults));
    },
    starts: () => linesOf(path.join(faultsDirectory, 'starts')),
    life: () =>
      linesOf(path.join(faultsDirectory, 'life')).map((line) => {
        const [release = '', pid, is] = line.split(' ');
        return { release, pid: Number(pid), is: is as 'up' | 'down' };
      }),
    setMigrationFaults(faults) {
      writeFileSync(path.join(faultsDirectory, 'migrations.json'), JSON.stringify(faults));
    },
    database: () => linesOf(databaseFile),
    deploy: ({ id }) =>
      requestDeployment(sources, asker, { environment: 'production', release: String(id), haste: 'none' }),
    async rollback(to) {
      const back = await requestRollback(sources, asker, {
        environment: 'production',
        ...(to !== undefined && { to: String(to.id) }),
      });
      return back.deployment;
    },
    list: () => listDeployments(sources.store, { project, limit: 20 }),
    unfreeze: () =>
      clearFreeze(sources, { project, environment: 'production' }, { by: 'dave', reason: 'it was mended' }),
    say: (id, word, reason) => sayWord(sources, { project, id }, { word, by: 'dave', reason }),
    async until(id, is) {
      for (;;) {
        const next = sources.notices.next(`deployment:${id}`, AbortSignal.timeout(200));
        const found = await findDeployment(sources.store, id);
        if (found && is(found)) return found;
        await next;
      }
    },
    ended: (id) => world.until(id, ({ finishedAt }) => finishedAt !== null),
    async weights(id) {
      const events = await readDeploymentEvents(sources.store, { id, after: 0, limit: 5000 });
      return events.flatMap(({ event }) =>
        event !== null && 'weight' in event ? [Number(event.weight)] : [],
      );
    },
    async story(id) {
      const events = await readDeploymentEvents(sources.store, { id, after: 0, limit: 5000 });
      return events.flatMap(({ lines }) => lines);
    },
    observe: () => target.observe(),
    traffic: () => startTraffic(url),
    async close() {
      await delivery.close();
      await target.tearDown();
      metrics.closeAllConnections();
      metrics.close();
      await rm(root, { recursive: true, force: true });
    },
  };
  return world;
}

/** The revision of a deployment, as the target names it. */
export const revisionName = (deployment: { id: number }): string => revisionOf(deployment);

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
