import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentAnswer, ReleaseAnswer } from '@slipway/contracts/api/delivery';
import { type CommandLine, commandLine } from './command-line.ts';
import { type Databases, startDatabases } from './databases.ts';
import { freePort } from './free-port.ts';
import type { Images } from './images.ts';
import { type DemoSettings, makeRepository, type Repository, shortened } from './repository.ts';
import { describeRun, type FinishedRun, type Runs, watchRuns } from './runs.ts';
import { type Served, serve } from './served.ts';
import type { Transcript } from './transcript.ts';

export interface PipelineOptions {
  /** Program and first words of the command line. */
  slipway: readonly string[];
  /** Everything is kept below it. */
  folder: string;
  env: NodeJS.ProcessEnv;
  transcript: Transcript;
  /** Whether actions of github.com can be fetched: caches and artifacts are used then. */
  fetchesActions: boolean;
  /** Which 95th percentile the load test allows, for a machine that has other work at the same time. Default: the example's own, 500 ms. */
  loadLimitMs?: number;
  /** Components become images that run as containers; without them bundles that run as processes. Whoever opened them closes them afterwards. */
  images?: Images;
}

/** A team's whole pipeline: a server, its project with secrets and variables, a clone to push from, and people who may approve. */
export interface Pipeline {
  repository: Repository;
  runs: Runs;
  cli: CommandLine;
  project: string;
  account: { email: string; password: string };
  urls: Record<'staging' | 'production', string>;
  settings: DemoSettings;
  transcript: Transcript;
  /** The reviewer's own token. */
  leadToken: string;
  /** Shows how a run ended, and the log of what failed in it. */
  showRun(finished: FinishedRun): Promise<void>;
  releaseOf(sha: string): Promise<ReleaseAnswer>;
  deployments(environment: string): Promise<DeploymentAnswer[]>;
  /** Texts of the comments on a pull request. */
  commentsOn(number: string): Promise<string[]>;
  /** What the server wrote, its end. */
  serverLog(): string;
  close(): Promise<void>;
}

const shownLines = 40;
const project = 'team/taskmanager';
const account = { email: 'synthetic@example.com', password: 'a password for machines' };

export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { slipway, folder, env, transcript } = options;
  const resources: { databases?: Databases; served?: Served } = {};
  const close = async () => {
    await resources.served?.stop();
    await resources.databases?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    await mkdir(join(folder, 'person'), { recursive: true });
    resources.databases = await startDatabases(folder);
    resources.served = await serve({ slipway, folder, env });
    const { url, adminToken } = resources.served;
    const cli = commandLine({ slipway, cwd: join(folder, 'person'), server: url, token: adminToken, env });
    const ports = { staging: await freePort(), production: await freePort() };
    const urls = {
      staging: `http://127.0.0.1:${ports.staging}`,
      production: `http://127.0.0.1:${ports.production}`,
    };
    await cli.run(['project', 'create', project]);
    await setUp(cli, { ...options, urls, databases: resources.databases });
    const leadToken = await addLead(cli);
    const remote = `${url.replace('://', `://team:${adminToken}@`)}/${project}.git`;
    const runs = watchRuns(url, { project, token: adminToken });
    return {
      repository: await makeRepository(join(folder, 'taskmanager'), remote),
      ...{ runs, cli, project, account, urls, transcript, leadToken, close },
      settings: { ports, target: options.images ? 'docker' : 'process' },
      async commentsOn(number) {
        const response = await fetch(`${url}/api/v3/repos/${project}/issues/${number}/comments`, {
          headers: { authorization: `Bearer ${adminToken}` },
        });
        return ((await response.json()) as { body: string }[]).map(({ body }) => body);
      },
      serverLog: () => resources.served?.log().slice(-4000) ?? '',
      async showRun(finished) {
        transcript.show(describeRun(finished));
        if (finished.run.conclusion === 'success') return;
        for (const { jobId, conclusion } of finished.jobs) {
          if (conclusion !== 'failure') continue;
          const log = await cli.run(['logs', String(finished.run.id), '--job', jobId]);
          transcript.show(log.trimEnd().split('\n').slice(-shownLines).join('\n'));
        }
      },
      releaseOf: async (sha) => {
        const [release] = await cli.json<ReleaseAnswer>(['release', 'show', sha, '--project', project]);
        return release!;
      },
      deployments: (environment) =>
        cli.json<DeploymentAnswer>(['deployments', '--environment', environment, '--project', project]),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a team sets once: variables of the project, and secrets and variables of each environment. */
async function setUp(
  cli: CommandLine,
  options: PipelineOptions & { urls: Pipeline['urls']; databases: Databases },
): Promise<void> {
  const { urls, databases, fetchesActions, images } = options;
  const of = ['--project', project];
  const variables = [`STAGING_URL=${urls.staging}`, `PRODUCTION_URL=${urls.production}`, 'LOAD_SECONDS=10'];
  if (!fetchesActions) variables.push('FETCH_ACTIONS=false');
  if (options.loadLimitMs !== undefined) variables.push(`LOAD_P95_MS=${options.loadLimitMs}`);
  for (const [name, value] of Object.entries(images?.variables ?? {})) variables.push(`${name}=${value}`);
  await cli.run(['vars', 'set', ...variables, ...of]);
  if (images)
    await cli.run(['secrets', 'set', 'REGISTRY_PASSWORD', ...of], { input: images.account.password });
  const secrets = { TEST_USER_EMAIL: account.email, TEST_USER_PASSWORD: account.password };
  for (const [name, value] of Object.entries(secrets)) {
    await cli.run(['secrets', 'set', name, ...of], { input: value });
  }
  for (const environment of ['staging', 'production'] as const) {
    const there = [...of, '--env', environment];
    // Its other rules come with slipway.yml; secrets can be set before the first push.
    await cli.run(['environments', 'set', environment, '--branch', 'main', ...of]);
    const settings = [
      ...[`APP_ENVIRONMENT=${environment}`, 'TRUSTED_PROXIES=1', 'LOG_LEVEL=warn'],
      // All of the demo's people come from one address.
      ...['RATE_LIMIT_PER_MINUTE=1000000', 'SIGN_IN_ATTEMPTS=1000000'],
    ];
    await cli.run(['vars', 'set', ...settings, ...there]);
    for (const [name, value] of Object.entries(secrets)) {
      await cli.run(['secrets', 'set', name, ...there], { input: value });
    }
    for (const [name, url] of Object.entries(databases.urls[environment])) {
      const input = (await images?.fromContainers(url)) ?? url;
      await cli.run(['secrets', 'set', name, ...there], { input });
    }
  }
}

/** Whoever starts a deployment can't approve it: the lead is somebody else. */
async function addLead(cli: CommandLine): Promise<string> {
  await cli.run(['users', 'add', 'lead']);
  await cli.run(['users', 'role', 'lead', 'deployer', '--project', project]);
  const scopes = ['approval.decide', 'project.read', 'pull-request.read', 'pull-request.write'];
  const output = await cli.run([
    ...['tokens', 'create', 'approvals', '--user', 'lead'],
    ...scopes.flatMap((scope) => ['--scope', scope]),
  ]);
  return /slipway_\S+/.exec(output)?.[0] ?? output.trim();
}

/** The file as the demo uses it: shorter times, free ports. */
export function demoSettings({ repository, settings }: Pipeline): Record<string, string> {
  return { 'slipway.yml': shortened(repository.read('slipway.yml'), settings) };
}
