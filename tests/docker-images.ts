import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDockerClient, type DockerClient } from '../packages/runner/src/docker/docker-client.ts';
import { findContainerEngine } from '../packages/runner/src/docker/engine.ts';
import { findOnPath } from '../packages/runner/src/machine/binaries.ts';

/** Images that the tests of containers use; made on the spot, since no registry may be within reach. */
export const testImages = {
  base: 'slipway-test/debian:12',
  postgres: 'slipway-test/postgres:15-alpine',
  redis: 'slipway-test/redis:7-alpine',
};

export type TestEngine = { kind: 'ready'; client: DockerClient } | { kind: 'skip'; reason: string };

/** An engine with the test images; where there is none, why its tests are skipped. */
export async function prepareTestEngine(): Promise<TestEngine> {
  const search = await findContainerEngine();
  if (search.kind === 'none') return { kind: 'skip', reason: `no container engine: ${search.why}` };
  const client = createDockerClient(search.engine);
  for (const image of Object.values(testImages)) {
    if (await isHere(client, image)) continue;
    if (!findOnPath('mmdebstrap'))
      return { kind: 'skip', reason: 'mmdebstrap is not installed to make test images' };
    await makeImages(client);
    break;
  }
  return { kind: 'ready', client };
}

async function isHere(client: DockerClient, image: string): Promise<boolean> {
  return client.run(['image', 'inspect', image]).then(
    () => true,
    () => false,
  );
}

async function makeImages(client: DockerClient): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-test-images-'));
  try {
    const archive = join(directory, 'root.tar');
    const packages = 'ca-certificates,git,postgresql,redis-server';
    await run('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${packages}`, 'bookworm', archive]);
    await client.run(['import', '--change', 'CMD ["bash"]', archive, testImages.base]);
    writeFileSync(join(directory, 'postgres-entrypoint'), postgresEntrypoint, { mode: 0o755 });
    await build(client, directory, testImages.postgres, postgresDockerfile);
    await build(client, directory, testImages.redis, redisDockerfile);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function build(
  client: DockerClient,
  directory: string,
  image: string,
  dockerfile: string,
): Promise<void> {
  rmSync(join(directory, 'root.tar'), { force: true });
  writeFileSync(join(directory, 'Dockerfile'), dockerfile);
  await client.run(['build', '--quiet', '--tag', image, directory], { env: { DOCKER_BUILDKIT: '0' } });
}

async function run(file: string, args: string[]): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`${file} failed with status ${status}`);
}

const postgresDockerfile = `FROM ${testImages.base}
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`;

/** What the official image's entry point does, as far as services use it. */
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
as_postgres initdb -D "$data" -U "$user" \${POSTGRES_PASSWORD:+--pwfile=/tmp/password} $POSTGRES_INITDB_ARGS
rm /tmp/password
echo "host all all all \${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$data/pg_hba.conf"
if [ "$database" != postgres ]; then
  echo "CREATE DATABASE \\"$database\\"" | as_postgres postgres --single -D "$data" postgres
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@" -D "$data" -c listen_addresses='*'
`;

const redisDockerfile = `FROM ${testImages.base}
EXPOSE 6379
ENTRYPOINT ["/bin/sh", "-c", "case $0 in -*) set -- redis-server $0 $@ ;; *) set -- $0 $@ ;; esac; exec $@ --protected-mode no --bind 0.0.0.0"]
CMD ["redis-server"]
`;
