import { execFile, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerClient, HostReach } from '@slipway/runner/docker';

export interface BaseImage {
  image: string;
  /** For people. */
  origin: string;
}

export interface BaseImageOptions {
  client: DockerClient;
  folder: string;
  label: string;
  /** What it is called. */
  image: string;
  /** What it is made from; by default what the example's Dockerfiles are. */
  origin?: string;
  reach: HostReach;
}

const dockerfile = join(import.meta.dirname, '../../examples/taskmanager/Dockerfile');
const pullMs = 5 * 60_000;
const certificates = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The image that the example's Dockerfiles are made from, with a label that all made of it inherits. Where it can't be pulled, Debian with this
 * machine's Node stands in for it. npm asks the registry that it asks here. @throws when neither can be had
 */
export async function makeBaseImage(options: BaseImageOptions): Promise<BaseImage> {
  const { client, label, image, reach } = options;
  const folder = join(options.folder, 'base-image');
  mkdirSync(folder);
  const official =
    options.origin ?? /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(dockerfile, 'utf8'))?.[1] ?? '';
  const { lines, origin } = (await canHave(client, official))
    ? { lines: [`FROM ${official}`], origin: official }
    : await standIn({ ...options, folder }, official);
  const npm = promisify(execFile)('npm', ['config', 'get', 'registry'], { cwd: folder });
  const registry = await reach.urlFromContainers((await npm).stdout.trim());
  writeFileSync(
    join(folder, 'Dockerfile'),
    [...lines, `LABEL ${label}`, `ENV npm_config_registry=${registry}`, ''].join('\n'),
  );
  // By the engine itself, which has the image then, whichever builder of buildx is the current one.
  const context = await client.run(['context', 'show']).catch(() => 'default');
  await client.run(['build', '--quiet', '--tag', image, folder], { env: { BUILDX_BUILDER: context } });
  return { image, origin };
}

async function canHave(client: DockerClient, image: string): Promise<boolean> {
  const isThere = (args: string[]) =>
    client.run(args, { signal: AbortSignal.timeout(pullMs) }).then(
      () => true,
      () => false,
    );
  return (await isThere(['image', 'inspect', image])) || isThere(['pull', '--quiet', image]);
}

async function standIn(
  { client, folder, label, image }: BaseImageOptions,
  official: string,
): Promise<{ lines: string[]; origin: string }> {
  if (process.platform !== 'linux' || spawnSync('mmdebstrap', ['--version']).status !== 0)
    throw new Error(
      `${official} can’t be pulled, and mmdebstrap is not installed to make what stands in for it`,
    );
  const archive = join(dirname(folder), 'system.tar');
  const unread = ['man', 'doc', 'locale', 'info'].map(
    (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
  );
  const packages = '--include=ca-certificates';
  const args = ['--quiet', '--variant=minbase', ...unread, packages, 'bookworm', archive];
  await promisify(execFile)('mmdebstrap', args).catch((cause) => {
    throw new Error(`${official} can’t be pulled, and Debian’s packages are out of reach`, { cause });
  });
  const system = `${image}-system`;
  await client.run(['import', '--change', `LABEL ${label}`, archive, system]);
  copyFileSync(process.execPath, join(folder, 'node'));
  const npm = realpathSync(spawnSync('which', ['npm'], { encoding: 'utf8' }).stdout.trim());
  cpSync(dirname(dirname(npm)), join(folder, 'npm'), { recursive: true });
  // What stands between this machine and its registry stands there for its containers too.
  if (existsSync(certificates)) copyFileSync(certificates, join(folder, 'ca-certificates.crt'));
  const lines = [
    `FROM ${system}`,
    'COPY node /usr/local/bin/node',
    'COPY npm /usr/local/lib/node_modules/npm',
    ...(existsSync(certificates)
      ? [`COPY ca-certificates.crt ${certificates}`, `ENV NODE_EXTRA_CA_CERTS=${certificates}`]
      : []),
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --create-home node',
  ];
  return { lines, origin: `Debian and Node ${process.versions.node}, as ${official} can’t be pulled` };
}
