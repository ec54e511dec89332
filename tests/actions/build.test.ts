import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAction, temporaryFolder } from './action-step.ts';
import { called, slipway } from './slipway-stand-in.ts';

const digest = `sha256:${'2'.repeat(64)}`;

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
