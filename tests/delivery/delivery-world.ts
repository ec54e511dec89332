import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Approval, MeasurementOutcome } from '@slipway/delivery';
import { createNotices } from '@slipway/server/controller';
import {
  createRelease,
  type DeliverySources,
  type DeploymentRow,
  environmentIn,
  findDeployment,
  type Measure,
  type RolloutController,
  type RolloutControllerOptions,
  readConfigAt,
  readDeploymentEvents,
  requestDeployment,
  startRolloutController,
} from '@slipway/server/delivery';
import type { Store } from '@slipway/server/store';
import { type RememberingTarget, rememberingTarget } from './remembering-target.ts';

export const project = 'octo/app';
export const asker = { project, by: 'carol', runId: null };

/** A repository, a store, a target in memory and controllers that can be replaced. */
export interface DeliveryWorld {
  sources: DeliverySources;
  target: RememberingTarget;
  /** What reviewers have said. */
  words: Approval[];
  /** Deployments for which approval was asked. */
  asked: Set<number>;
  metric: (name: string, deployment: DeploymentRow) => MeasurementOutcome;
  trouble: unknown[];
  commit(files: Record<string, string>): string;
  release(commit?: string): Promise<number>;
  deploy(environment: string, release: number): Promise<DeploymentRow>;
  controller(options?: Partial<RolloutControllerOptions>): RolloutController;
  /** Waits until a deployment is as wanted. */
  until(id: number, is: (deployment: DeploymentRow) => boolean): Promise<DeploymentRow>;
  ended(id: number): Promise<DeploymentRow>;
  /** The sentences of a deployment's history. */
  story(id: number): Promise<string[]>;
  close(): Promise<void>;
}

let digests = 0;

export function deliveryWorld(store: Store, config: string): DeliveryWorld {
  const directory = mkdtempSync(path.join(tmpdir(), 'slipway-delivery-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Octo Cat');
  git('config', 'user.email', 'octo@example.com');
  git('config', 'commit.gpgsign', 'false');
  const target = rememberingTarget();
  const controllers: RolloutController[] = [];
  const notices = createNotices();
  const sources: DeliverySources = {
    store,
    notices,
    now: Date.now,
    repositoryOf: async () => ({ directory, defaultBranch: 'main' }),
    environmentOf: async (_, name) =>
      environmentIn(await readConfigAt({ directory, defaultBranch: 'main' }, 'main'), name),
    variablesOf: async () => ({ COLOUR: 'blue', DATABASE_PASSWORD: 'correct horse' }),
    secretsOf: async () => ['correct horse'],
    approvals: {
      find: async () => world.words,
      request: async ({ id }) => void world.asked.add(id),
      withdraw: async () => {},
    },
    targets: {
      open: async () => target,
      metrics: async () => ({ measure: async () => ({ kind: 'no-data' }) }),
      sourcesOf: async () => directory,
      close: async () => {},
    },
  };
  const measure: Measure = async ({ deployment, query }) => world.metric(query, deployment);
  const world: DeliveryWorld = {
    sources,
    target,
    words: [],
    asked: new Set(),
    metric: () => ({ kind: 'value', revision: 0, baseline: 0 }),
    trouble: [],
    commit(files) {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
        writeFileSync(path.join(directory, file), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
    async release(commit = world.commit({})) {
      digests++;
      const digest = `sha256:${digests.toString(16).padStart(64, '0')}`;
      const { row } = await createRelease(sources, asker, {
        commit,
        components: { api: `registry.example/api@${digest}` },
        evidence: [],
      });
      return row.id;
    },
    deploy: (environment, release) =>
      requestDeployment(sources, asker, { environment, release: String(release), haste: 'none' }),
    controller(options = {}) {
      const controller = startRolloutController({
        sources,
        owner: randomUUID(),
        measure,
        tickMs: 50,
        driftEveryMs: 0,
        onTrouble: (error) => world.trouble.push(error),
        ...options,
      });
      controllers.push(controller);
      return controller;
    },
    async until(id, is) {
      for (;;) {
        const next = notices.next(`deployment:${id}`, AbortSignal.timeout(200));
        const found = await findDeployment(store, id);
        if (found && is(found)) return found;
        await next;
      }
    },
    ended: (id) => world.until(id, ({ finishedAt }) => finishedAt !== null),
    async story(id) {
      const events = await readDeploymentEvents(store, { id, after: 0, limit: 1000 });
      return events.flatMap(({ lines }) => lines);
    },
    async close() {
      await Promise.all(controllers.map((one) => one.close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
  world.commit({ 'slipway.yml': config });
  return world;
}
