import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { distinct, findOnPath, type Installation, listManaged } from './installation.ts';

/** Every Go on this machine; each tells its version in a file at its root. */
export async function findGo(env: NodeJS.ProcessEnv): Promise<Installation[]> {
  const user = env.HOME ?? homedir();
  const onPath = await findOnPath(/^go$/, env);
  const debian = (await readdir('/usr/lib').catch(() => [])).filter((name) => /^go-\d/.test(name));
  const sdk = await readdir(join(user, 'sdk')).catch(() => []);
  const managed = await listManaged([
    { folder: join(env.ASDF_DATA_DIR ?? join(user, '.asdf'), 'installs/golang'), inside: 'go' },
    { folder: join(env.MISE_DATA_DIR ?? join(user, '.local/share/mise'), 'installs/go') },
  ]);
  const roots = [
    ...onPath.map((executable) => dirname(dirname(executable))),
    '/usr/local/go',
    ...debian.map((name) => join('/usr/lib', name)),
    ...sdk.map((name) => join(user, 'sdk', name)),
    ...managed.map(({ prefix }) => prefix),
  ];
  const found = await Promise.all(
    roots.map(async (prefix) => {
      const text = await readFile(join(prefix, 'VERSION'), 'utf8').catch(() => '');
      const [, numbers, patch] = text.match(/^go(\d+\.\d+)(\.\d+)?$/m) ?? [];
      return { version: numbers === undefined ? '' : numbers + (patch ?? '.0'), prefix };
    }),
  );
  return distinct(found.filter(({ version }) => version !== ''));
}
