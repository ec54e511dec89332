import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAction, serveJson, temporaryFolder } from './action-step.ts';

const digest = `sha256:${'2'.repeat(64)}`;

/** A `slipway` that writes down its words and answers this. */
function slipway(folder: string, answer: string, status = 0): Record<string, string> {
  writeFileSync(join(folder, 'answer'), answer);
  return {
    slipway: `echo "$SLIPWAY_SERVER $SLIPWAY_TOKEN $*" >> ${folder}/called\ncat ${folder}/answer\nexit ${status}`,
  };
}

const called = (folder: string) => readFileSync(join(folder, 'called'), 'utf8').trim().split('\n');

describe('build', () => {
  const image = {
    ...{
      COMPONENT: 'api',
      REPOSITORY: 'registry.example.com:5000/shop-api',
      CONTEXT: '.',
      DOCKERFILE: 'Dockerfile',
    },
    ...{ TAGS: 'v1-abc\n v1 \n', BUILD_ARGS: 'A=1 2', VERSION: 'v1', BUILD_DATE: 'now' },
    ...{ BUILDER: 'buildx', CACHE: 'registry' },
    ...{ COMMIT: 'c'.repeat(40), BUNDLE_COMMAND: '', BUNDLE_DIRECTORY: '' },
  };

  test('without a repository the folder becomes a bundle, at the server and with the token that were given', async () => {
    const cwd = temporaryFolder();
    const { status, outputs } = await runAction(
      'build/build.sh',
      {
        ...image,
        REPOSITORY: '',
        BUNDLE_COMMAND: 'mkdir out && echo "$VERSION $COMMIT" > out/version',
        BUNDLE_DIRECTORY: 'out',
        SLIPWAY_ACTION_SERVER: 'https://ci.example.com',
        SLIPWAY_ACTION_TOKEN: 't0ken',
      },
      { cwd, programs: slipway(cwd, digest) },
    );
    expect(status).toBe(0);
    expect(outputs).toEqual({ reference: digest, digest, directory: 'out' });
    expect(readFileSync(join(cwd, 'out/version'), 'utf8')).toBe(`v1 ${'c'.repeat(40)}\n`);
    expect(called(cwd)).toEqual(['https://ci.example.com t0ken bundle out']);
  });

  test('with buildx in a container: cache, SBOM, provenance and the digest that the push gave', async () => {
    const cwd = temporaryFolder();
    const docker = [
      `for word in "$@"; do echo "$word" >> ${cwd}/called; done`,
      'if [ "$2" = inspect ]; then echo "Driver:        docker-container"; exit; fi',
      'while [ "$1" != --metadata-file ]; do shift; done',
      `printf '{\\n "containerimage.config.digest": "sha256:${'9'.repeat(64)}",\\n "containerimage.digest": "${digest}"\\n}' > "$2"`,
    ].join('\n');
    const { status, outputs } = await runAction('build/build.sh', image, { cwd, programs: { docker } });
    expect(status).toBe(0);
    expect(outputs.reference).toBe(`${image.REPOSITORY}@${digest}`);
    expect(called(cwd)).toEqual(
      expect.arrayContaining([
        ...['--push', '--sbom=true', 'A=1 2', `${image.REPOSITORY}:v1-abc`, `${image.REPOSITORY}:v1`],
        `type=registry,ref=${image.REPOSITORY}:buildcache`,
        `org.opencontainers.image.revision=${'c'.repeat(40)}`,
      ]),
    );
  });

  const engine = (folder: string) =>
    [
      'case "$1" in',
      'context) echo desktop;;',
      'buildx) echo "Driver: docker-container";;',
      `build) echo "built by $BUILDX_BUILDER" >> ${folder}/called;;`,
      `push) echo "$*" >> ${folder}/called;;`,
      `image) echo "other.example.com/x@sha256:${'9'.repeat(64)}"; echo "${image.REPOSITORY}@${digest}";;`,
      'esac',
    ].join('\n');

  test('where no builder runs in a container the digest is the one that the engine has for this repository', async () => {
    const docker = `[ "$1" != buildx ] || exit 1\n${engine(temporaryFolder())}`;
    const { outputs, stdout } = await runAction('build/build.sh', image, { programs: { docker } });
    expect(outputs.digest, stdout).toBe(digest);
  });

  test('the engine’s own builder can be asked for; what it made is pushed, and no image of another build', async () => {
    const cwd = temporaryFolder();
    const programs = { docker: engine(cwd) };
    const { outputs, stdout } = await runAction(
      'build/build.sh',
      { ...image, BUILDER: 'engine' },
      { cwd, programs },
    );
    expect(outputs.digest, stdout).toBe(digest);
    const pushes = ['v1-abc', 'v1'].map((tag) => `push ${image.REPOSITORY}:${tag}`);
    expect(called(cwd)).toEqual(['built by desktop', ...pushes]);
  });

  test('SBOM and provenance speak of the digest and the commit', async () => {
    const cwd = temporaryFolder();
    const lock = {
      name: 'shop',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'shop', version: '1.0.0' } },
    };
    mkdirSync(join(cwd, 'out'));
    writeFileSync(join(cwd, 'out/package-lock.json'), JSON.stringify(lock));
    writeFileSync(join(cwd, 'out/package.json'), JSON.stringify(lock.packages['']));
    const { status, outputs, stdout } = await runAction(
      'build/evidence.mjs',
      {
        ...{ COMPONENT: 'api', REFERENCE: digest, DIRECTORY: 'out' },
        GITHUB_WORKFLOW_REF: 'octo/shop/.github/workflows/build.yml@refs/heads/main',
      },
      { cwd },
    );
    expect(status, stdout).toBe(0);
    expect(JSON.parse(outputs.evidence!)).toEqual([
      { kind: 'sbom', digest, format: 'cyclonedx' },
      {
        ...{ kind: 'provenance', digest, commit: 'a'.repeat(40) },
        builder: 'https://example.com/octo/shop/actions/runs/7',
      },
    ]);
    expect(JSON.parse(readFileSync(join(cwd, outputs.sbom!), 'utf8'))).toMatchObject({
      bomFormat: 'CycloneDX',
    });
    expect(JSON.parse(readFileSync(join(cwd, outputs.provenance!), 'utf8'))).toMatchObject({
      subject: [{ name: 'api', digest: { sha256: '2'.repeat(64) } }],
      predicate: {
        buildDefinition: { externalParameters: { workflow: { path: '.github/workflows/build.yml' } } },
      },
    });
  });
});

describe('release', () => {
  test('hands components and evidence to the command line, and its tag on', async () => {
    const cwd = temporaryFolder();
    const answer = JSON.stringify({ id: 4, tag: 'v1-abc-T', components: { api: digest } });
    const { status, outputs } = await runAction(
      'release/release.mjs',
      {
        COMPONENTS: `api=${digest}\n`,
        EVIDENCE: '[{"kind":"x"}]\n\n[]\n',
        VERSION: 'v1',
        BUILT_AT: '20261125T144658Z',
        COMMIT: 'c',
        RELEASE: '',
      },
      { cwd, programs: slipway(cwd, answer) },
    );
    expect(status).toBe(0);
    expect(outputs).toEqual({ tag: 'v1-abc-T', id: '4' });
    expect(called(cwd)[0]).toMatch(
      new RegExp(
        `release create --json --commit=c --version=v1 --built-at=20261125T144658Z --component=api=${digest} --evidence=/`,
      ),
    );
  });

  test('evidence that is broken is shown', async () => {
    const env = { COMPONENTS: `api=${digest}`, EVIDENCE: '[{"kind":' };
    const { status, stdout } = await runAction('release/release.mjs', env);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: '::error title=Release::This is no JSON: [{"kind":\n',
    });
  });

  test('needs to know which of the two it is to do', async () => {
    const { status } = await runAction('release/release.mjs', { COMPONENTS: '', RELEASE: '', EVIDENCE: '' });
    expect(status).toBe(1);
  });
});

describe('deploy', () => {
  const inputs = { ENVIRONMENT: 'production', RELEASE: 'v1', PLAN: 'false', PLAN_HASH: '' };
  const plan = {
    ...{
      environment: 'production',
      target: 'process',
      strategy: 'linear',
      leastDurationMs: 1000,
      findings: [],
    },
    ...{ release: { tag: 'v1' }, components: [{ name: 'api', now: null, next: digest }] },
    ...{ migrations: [{ name: '0004', kind: 'expand' }], protection: { reviewers: ['lead'] } },
  };

  test('a plan is shown, and its hash handed on', async () => {
    const cwd = temporaryFolder();
    const programs = slipway(cwd, JSON.stringify({ plan, planHash: 'f'.repeat(64) }));
    const { status, outputs, summary } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN: 'true' },
      { cwd, programs },
    );
    expect(status).toBe(0);
    expect(outputs).toEqual({ 'plan-hash': 'f'.repeat(64) });
    expect(summary).toContain('migrations: 0004 (expand)');
  });

  test('migrations that are pending can’t be skipped', async () => {
    const cwd = temporaryFolder();
    const programs = slipway(cwd, JSON.stringify({ plan, planHash: 'f'.repeat(64) }));
    const { status, stdout } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN: 'true', EXPECT_NO_MIGRATIONS: 'true' },
      { cwd, programs },
    );
    expect(status).toBe(1);
    expect(stdout).toContain('0004');
  });

  test('a deployment that was taken back fails with its reason', async () => {
    const cwd = temporaryFolder();
    const lines = [
      { kind: 'event', at: 0, weight: 10, lines: ['Verdict fail: error-rate'] },
      {
        ...{ kind: 'summary', id: 9, state: 'rolled-back', planHash: 'f', release: { tag: 'v1' } },
        cause: { kind: 'analysis', reason: 'error-rate was 0.3' },
      },
    ];
    const programs = slipway(cwd, lines.map((line) => JSON.stringify(line)).join('\n'), 1);
    const { status, stdout, outputs } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN_HASH: 'f' },
      { cwd, programs },
    );
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ deployment: '9', state: 'rolled-back' });
    expect(stdout).toContain(' 10 %  Verdict fail: error-rate');
    expect(stdout).toContain(
      '::error title=Deploy::Deployment 9 of v1 to production is rolled-back: error-rate was 0.3',
    );
    expect(called(cwd)[0]).toContain('deploy production --release=v1 --json --follow --plan-hash=f');
  });
});

describe('migrate', () => {
  const inputs = {
    COMMAND: 'true',
    IMAGE: '',
    VARIABLES: 'DATABASE_URL',
    PENDING_COMMAND: '',
    TIMEOUT_MINUTES: '1',
  };

  test('what is pending is shown before, and then they run', async () => {
    const { status, summary } = await runAction('migrate/migrate.mjs', {
      ...inputs,
      PENDING_COMMAND: `echo '{"name":"0001","kind":"expand"}'`,
    });
    expect(status).toBe(0);
    expect(summary).toContain('0001 (expand)');
  });

  test.each([
    ['an exit code', { COMMAND: 'exit 3' }, 'exit code 3'],
    ['an end from outside', { COMMAND: 'kill -9 $$' }, 'signal SIGKILL'],
    ['too much time', { COMMAND: 'sleep 60', TIMEOUT_MINUTES: '0.005' }, 'were stopped'],
    ['an unmarked migration', { PENDING_COMMAND: `echo '{"name":"0002"}'` }, '0002 doesn'],
    [
      'what is no list of migrations',
      { PENDING_COMMAND: 'echo "> shop@1.0.0 pending"' },
      'This is no JSON: > shop',
    ],
    ['a time that is none', { TIMEOUT_MINUTES: 'ten' }, "timeout-minutes is 'ten', which is no number"],
    ['a mutable image', { IMAGE: 'shop-migrations:latest' }, 'can come to mean something else'],
  ])('%s fails the step', async (_, changed, message) => {
    const { status, stdout } = await runAction('migrate/migrate.mjs', { ...inputs, ...changed });
    expect(status).toBe(1);
    expect(stdout).toContain(message);
  });
});

describe('smoke test', () => {
  test('waits until the deployment is well, then runs the command against it', async () => {
    let asked = 0;
    const { url } = await serveJson(() => ({ status: ++asked < 2 ? 503 : 200, body: {} }));
    const inputs = { BASE_URL: `${url}/`, HEALTH_PATH: '/health', WAIT_SECONDS: '30' };
    const { status, stdout } = await runAction('smoke-test/smoke-test.mjs', {
      ...inputs,
      COMMAND: 'echo "at $BASE_URL"',
    });
    expect(status).toBe(0);
    expect(stdout).toContain(`at ${url}\n`);
    const failed = await runAction('smoke-test/smoke-test.mjs', { ...inputs, COMMAND: 'exit 4' });
    expect(failed.status).toBe(1);
  });

  test('fails with what it met when there is no good answer in time', async () => {
    const { url } = await serveJson(() => ({ status: 500, body: {} }));
    const inputs = { BASE_URL: url, HEALTH_PATH: '/health', WAIT_SECONDS: '0', COMMAND: '' };
    const { status, stdout } = await runAction('smoke-test/smoke-test.mjs', inputs);
    expect(status).toBe(1);
    expect(stdout).toContain('it answers 500');
  });
});
