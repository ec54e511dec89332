import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { annotate, input, setOutput } from '../step.mjs';

/** Leaves `sbom-<component>.json` (CycloneDX) and `provenance-<component>.json` (in-toto, SLSA v1) in the workspace. */
const component = input('COMPONENT');
const reference = input('REFERENCE');
const directory = input('DIRECTORY');
const digest = `sha256:${reference.split('sha256:')[1]}`;
const { env } = process;

const evidence = [];
const sbom = await writeSbom();
if (sbom !== undefined) evidence.push({ kind: 'sbom', digest, format: 'cyclonedx' });
const provenance = `provenance-${component}.json`;
const builder = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
await writeFile(provenance, `${JSON.stringify(statement(), null, 2)}\n`);
evidence.push({ kind: 'provenance', digest, commit: env.GITHUB_SHA, builder });

setOutput('sbom', sbom ?? '');
setOutput('provenance', provenance);
setOutput('evidence', JSON.stringify(evidence));

/** npm's own list of what the lock file pins; that of an image made by buildx is attached to the image besides. */
async function writeSbom() {
  if (!existsSync(join(directory, 'package-lock.json'))) {
    annotate('notice', `SBOM of ${component}`, 'There is no package-lock.json to make it from.');
    return undefined;
  }
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--omit=dev'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 });
  const file = `sbom-${component}.json`;
  await writeFile(file, stdout);
  return file;
}

/** Of `octo/shop/.github/workflows/build.yml@refs/heads/main` the middle. */
function workflowPath() {
  const file = (env.GITHUB_WORKFLOW_REF ?? '').split('@')[0];
  return file.replace(`${env.GITHUB_REPOSITORY}/`, '');
}

/** @see https://slsa.dev/spec/v1.0/provenance and https://actions.github.io/buildtypes/workflow/v1 */
function statement() {
  const source = `git+${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}@${env.GITHUB_REF}`;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: reference.split('@')[0] === reference ? component : reference.split('@')[0],
        digest: { sha256: digest.slice('sha256:'.length) },
      },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: env.GITHUB_REF,
            repository: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`,
            path: workflowPath(),
          },
        },
        resolvedDependencies: [{ uri: source, digest: { gitCommit: env.GITHUB_SHA } }],
      },
      runDetails: {
        builder: { id: builder },
        metadata: { invocationId: `${builder}/attempts/${env.GITHUB_RUN_ATTEMPT}` },
      },
    },
  };
}
