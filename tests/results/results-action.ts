import { basename, dirname } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { restoreCache, saveCache } from '@actions/cache';

/**
 * An action that uses the official clients, bundled for tests: `do` is `upload`, `download`, `save` or `restore`; `name` an
 * artifact or a cache key; `path` a file to upload, a folder to download to, or a folder to cache.
 */
const input = (name: string) => process.env[`INPUT_${name}`] ?? '';
const name = input('NAME');
const path = input('PATH');
const artifacts = new DefaultArtifactClient();

switch (input('DO')) {
  case 'upload': {
    // Without compression: tests measure how bytes travel.
    const { id, size } = await artifacts.uploadArtifact(name, [path], dirname(path), { compressionLevel: 0 });
    console.log(`uploaded ${basename(path)} as ${id}, ${size} bytes`);
    break;
  }
  case 'download': {
    const { artifact } = await artifacts.getArtifact(name);
    await artifacts.downloadArtifact(artifact.id, {
      path,
      ...(artifact.digest ? { expectedHash: artifact.digest } : {}),
    });
    console.log(`downloaded ${name}`);
    break;
  }
  case 'save':
    console.log(`saved ${name}: ${(await saveCache([path], name)) > 0 ? 'as a new entry' : 'not at all'}`);
    break;
  case 'restore':
    console.log(`restored ${await restoreCache([path], name)}`);
    break;
  default:
    throw new Error(`do: ${input('DO')} is unknown`);
}
