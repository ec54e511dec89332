import { homedir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, type Installation, listManaged } from './installation.ts';
import { probeVersion } from './version-probe.ts';

export interface PythonInstallation extends Installation {
  executable: string;
}

/** Every Python 3 on this machine: those of version managers and those on the PATH. */
export async function findPython(home: string, env: NodeJS.ProcessEnv): Promise<PythonInstallation[]> {
  const user = env.HOME ?? homedir();
  const managed = await listManaged([
    { folder: join(env.PYENV_ROOT ?? join(user, '.pyenv'), 'versions') },
    { folder: join(env.ASDF_DATA_DIR ?? join(user, '.asdf'), 'installs/python') },
    { folder: join(env.MISE_DATA_DIR ?? join(user, '.local/share/mise'), 'installs/python') },
    { folder: join(user, '.local/share/uv/python'), name: /^cpython-(\d+\.\d+\.\d+)-/ },
  ]);
  const executables = await findOnPath(/^python3(\.\d+)?$/, env);
  const onPath = await Promise.all(
    executables.map(async (executable) => ({
      version: (await probeVersion(executable, home)) ?? '',
      prefix: '',
      executable,
    })),
  );
  return [
    ...managed.map((one) => ({ ...one, executable: join(one.prefix, 'bin/python3') })),
    ...onPath,
  ].filter(({ version }) => version.startsWith('3.'));
}
