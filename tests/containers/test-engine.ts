import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { createDockerClient, type DockerClient } from '../../packages/runner/src/docker/docker-client.ts';
import { findContainerEngine } from '../../packages/runner/src/docker/engine.ts';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** Images that the tests of containers use; made on the spot from Debian's packages, since no registry may be within reach. */
export const testImages = {
  base: 'slipway-test/debian:12',
  postgres: 'slipway-test/postgres:15-alpine',
  redis: 'slipway-test/redis:7-alpine',
  /** With the Node that runs the tests, its npm, git, and the user `node` of the official image. */
  node: 'slipway-test/node:24',
};

export type TestEngine = { kind: 'ready'; client: DockerClient } | { kind: 'skip'; reason: string };

/** An engine with the test images; where there is none, why its tests are skipped. The first test file makes the images for all. */
export async function prepareTestEngine(): Promise<TestEngine> {
  const search = await findContainerEngine();
  if (search.kind === 'none') {
    return {
      kind: 'skip',
      reason: `no container engine: ${process.env.SLIPWAY_TEST_NO_ENGINE ?? search.why}`,
    };
  }
  const client = createDockerClient(search.engine);
  return oneAtATime('slipway-test-images', async () => {
    const missing = await missingImages(client);
    if (missing.length === 0) return { kind: 'ready', client };
    if (missing.includes('base') && !findOnPath('mmdebstrap'))
      return { kind: 'skip', reason: 'mmdebstrap is not installed to make test images' };
    try {
      for (const name of missing) await inFolder((folder) => makers[name](client, folder));
    } catch (error) {
      if (error instanceof NoPackages) return { kind: 'skip', reason: error.message };
      throw error;
    }
    return { kind: 'ready', client };
  });
}

/** Debian's packages are out of reach. */
class NoPackages extends Error {}

type ImageName = keyof typeof testImages;

async function missingImages(client: DockerClient): Promise<ImageName[]> {
  const here = await client.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  const names = Object.keys(testImages) as ImageName[];
  return names.filter((name) => !here.split('\n').includes(testImages[name]));
}

async function inFolder(make: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-image-'));
  try {
    await make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the order in which they build on each other. */
const makers: Record<ImageName, (client: DockerClient, folder: string) => Promise<void>> = {
  async base(client, folder) {
    const archive = join(folder, 'root.tar');
    const packages = 'ca-certificates,git,postgresql-15,redis-server';
    const unread = ['man', 'doc', 'locale', 'info'].map(
      (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
    );
    const options = ['--quiet', '--variant=essential', ...unread, `--include=${packages}`];
    const child = spawn('mmdebstrap', [...options, 'bookworm', archive], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [status] = (await once(child, 'exit')) as [number | null];
    if (status !== 0) throw new NoPackages(`mmdebstrap can't make test images (status ${status})`);
    await client.run(['import', '--change', 'CMD ["bash"]', archive, testImages.base]);
  },
  async postgres(client, folder) {
    writeFileSync(join(folder, 'postgres-entrypoint'), postgresEntrypoint, { mode: 0o755 });
    await build(client, folder, testImages.postgres, postgresDockerfile);
  },
  async redis(client, folder) {
    await build(client, folder, testImages.redis, redisDockerfile);
  },
  async node(client, folder) {
    copyFileSync(process.execPath, join(folder, 'node'));
    const npm = realpathSync(findOnPath('npm') ?? '');
    cpSync(dirname(dirname(npm)), join(folder, 'npm'), { recursive: true });
    // What stands between this machine and its registry stands there for its containers too.
    const trusted = '/etc/ssl/certs/ca-certificates.crt';
    if (existsSync(trusted)) copyFileSync(trusted, join(folder, 'ca-certificates.crt'));
    else writeFileSync(join(folder, 'ca-certificates.crt'), rootCertificates.join('\n'));
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
    await build(client, folder, testImages.node, nodeDockerfile(registry));
  },
};

async function build(
  client: DockerClient,
  directory: string,
  image: string,
  dockerfile: string,
): Promise<void> {
  writeFileSync(join(directory, 'Dockerfile'), dockerfile);
  await client.run(['build', '--quiet', '--tag', image, directory], { env: { DOCKER_BUILDKIT: '0' } });
}

const postgresDockerfile = `FROM ${testImages.base}
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`;

/** What the official image's entry point does, as far as services use it; nothing here must survive the machine. */
const postgresEntrypoint = `#!/bin/bash
set -e
case "$1" in -*) set -- postgres "$@" ;; esac
if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
  echo 'Error: superuser password is not specified.' >&2
  exit 1
fi
user=\${POSTGRES_USER:-postgres}
database=\${POSTGRES_DB:-$user}
data=/var/lib/postgresql/data
mkdir -p "$data" /run/postgresql
chown postgres: "$data" /run/postgresql
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
printf %s "$POSTGRES_PASSWORD" > /tmp/password
chmod 644 /tmp/password
as_postgres initdb --no-sync -D "$data" -U "$user" \${POSTGRES_PASSWORD:+--pwfile=/tmp/password} $POSTGRES_INITDB_ARGS
rm /tmp/password
echo "host all all all \${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$data/pg_hba.conf"
if [ "$database" != postgres ]; then
  echo "CREATE DATABASE \\"$database\\"" | as_postgres postgres --single -D "$data" postgres
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@" -D "$data" -c listen_addresses='*' -c fsync=off
`;

const redisDockerfile = `FROM ${testImages.base}
EXPOSE 6379
ENTRYPOINT ["/bin/sh", "-c", "case $0 in -*) set -- redis-server $0 $@ ;; *) set -- $0 $@ ;; esac; exec $@ --protected-mode no --bind 0.0.0.0"]
CMD ["redis-server"]
`;

const nodeDockerfile = (registry: string) => `FROM ${testImages.base}
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_registry=${registry}
COPY ca-certificates.crt /etc/ssl/certs/
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && useradd --create-home node
CMD ["node"]
`;
