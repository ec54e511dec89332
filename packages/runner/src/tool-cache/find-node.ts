import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { exists } from '../workspace/exists.ts';
import { distinct, findOnPath, type Installation, listManaged } from './installation.ts';
import { probeVersion } from './version-probe.ts';

/** Every Node on this machine: the one that runs this, those on the PATH, and those of version managers. */
export async function findNode(home: string, env: NodeJS.ProcessEnv): Promise<Installation[]> {
  const user = env.HOME ?? homedir();
  const own: Installation = { version: process.versions.node, prefix: prefixOf(process.execPath) };
  const executables = await findOnPath(/^node$/, env);
  const onPath = await Promise.all(
    executables.map(async (executable) => ({
      version: (await probeVersion(executable, home)) ?? '',
      prefix: prefixOf(executable),
    })),
  );
  const fnm = (folder: string) => ({ folder: join(folder, 'node-versions'), inside: 'installation' });
  const managed = await listManaged([
    { folder: join(env.NVM_DIR ?? join(user, '.nvm'), 'versions/node') },
    { folder: join(env.VOLTA_HOME ?? join(user, '.volta'), 'tools/image/node') },
    { folder: join(env.N_PREFIX ?? '/usr/local', 'n/versions/node') },
    { folder: join(env.ASDF_DATA_DIR ?? join(user, '.asdf'), 'installs/nodejs') },
    { folder: join(env.MISE_DATA_DIR ?? join(user, '.local/share/mise'), 'installs/node') },
    fnm(env.FNM_DIR ?? join(user, '.local/share/fnm')),
    fnm(join(user, '.fnm')),
  ]);
  // Those of version managers first: they come with their npm and headers.
  const all = [...managed, ...onPath.filter(({ version }) => version !== ''), own];
  const present = await Promise.all(all.map(({ prefix }) => exists(join(prefix, 'bin/node'))));
  return distinct(all.filter((_, index) => present[index]));
}

function prefixOf(executable: string): string {
  return dirname(dirname(executable));
}
