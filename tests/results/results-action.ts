import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { restoreCache, saveCache } from '@actions/cache';

/**
 * An action that uses the official clients, bundled for tests and the bench. `do` is a key of `deeds`; `name` an artifact or a
 * cache key; `path` a file or folder to upload, a folder to download to, or a folder to cache.
 */
const input = (name: string) => process.env[`INPUT_${name}`] ?? '';
const name = input('NAME');
const path = input('PATH');
const artifacts = new DefaultArtifactClient();

const deeds: Record<string, () => Promise<void>> = {
  async upload() {
    // Without compression: what is looked at is how bytes travel.
    const { id, size } = await artifacts.uploadArtifact(name, filesIn(path), dirname(path), {
      compressionLevel: 0,
    });
    console.log(`uploaded ${basename(path)} as ${id}, ${size} bytes`);
  },
  /** Is killed as soon as the first part has arrived. */
  async 'upload-and-die'() {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (chunk: string | Uint8Array) => {
      if (String(chunk).startsWith('Uploaded bytes')) process.kill(process.pid, 'SIGKILL');
      return write(chunk);
    };
    await deeds.upload!();
  },
  async download() {
    const { artifact } = await artifacts.getArtifact(name);
    const expected = artifact.digest === undefined ? {} : { expectedHash: artifact.digest };
    await artifacts.downloadArtifact(artifact.id, { path, ...expected });
    console.log(`downloaded ${name}`);
  },
  /** Of another run: `run-id` of this repository, found through GitHub's API. */
  async 'download-from'() {
    const [repositoryOwner = '', repositoryName = ''] = (process.env.GITHUB_REPOSITORY ?? '').split('/');
    const findBy = {
      token: input('GITHUB-TOKEN'),
      workflowRunId: Number(input('RUN-ID')),
      repositoryOwner,
      repositoryName,
    };
    const { artifacts: all } = await artifacts.listArtifacts({ findBy });
    console.log(`there: ${all.map((artifact) => artifact.name).join(', ')}`);
    const { artifact } = await artifacts.getArtifact(name, { findBy });
    await artifacts.downloadArtifact(artifact.id, { path, findBy });
    console.log(`downloaded ${name} of another run`);
  },
  async list() {
    const listed = await artifacts.listArtifacts();
    console.log(`listed: ${listed.artifacts.map((artifact) => artifact.name).join(', ') || 'nothing'}`);
  },
  async save() {
    console.log(`saved ${name}: ${(await saveCache([path], name)) > 0 ? 'as a new entry' : 'not at all'}`);
  },
  async restore() {
    console.log(`restored ${await restoreCache([path], name)}`);
  },
};

const deed = deeds[input('DO')];
if (deed === undefined) throw new Error(`do: ${input('DO')} is unknown`);
await deed();

function filesIn(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map((file) => join(place, file))
    .filter((file) => statSync(file).isFile());
}
