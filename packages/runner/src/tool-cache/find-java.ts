import { readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from './installation.ts';

export interface JavaInstallation extends Installation {
  /** As in its `release` file, e.g. `Eclipse Adoptium`, `Debian`. */
  implementor: string;
  /** Build number, '' if it does not say. */
  build: string;
}

/** Every JDK on this machine; each tells its version and maker in its `release` file. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<JavaInstallation[]> {
  const user = env.HOME ?? homedir();
  const folders = [
    { folder: '/usr/lib/jvm', inside: '' },
    { folder: '/Library/Java/JavaVirtualMachines', inside: 'Contents/Home' },
    { folder: join(env.SDKMAN_DIR ?? join(user, '.sdkman'), 'candidates/java'), inside: '' },
    { folder: join(env.ASDF_DATA_DIR ?? join(user, '.asdf'), 'installs/java'), inside: '' },
    { folder: join(env.MISE_DATA_DIR ?? join(user, '.local/share/mise'), 'installs/java'), inside: '' },
  ];
  const listed = await Promise.all(
    folders.map(async ({ folder, inside }) => {
      const names = await readdir(folder).catch(() => []);
      return names.map((name) => join(folder, name, inside));
    }),
  );
  const candidates = [...(env.JAVA_HOME ? [env.JAVA_HOME] : []), ...listed.flat()];
  const real = await Promise.all(candidates.map((path) => realpath(path).catch(() => '')));
  const found = await Promise.all([...new Set(real.filter(Boolean))].map(readRelease));
  return found.filter((one) => one !== undefined);
}

async function readRelease(prefix: string): Promise<JavaInstallation | undefined> {
  const [release, binaries] = await Promise.all([
    readFile(join(prefix, 'release'), 'utf8').catch(() => ''),
    readdir(join(prefix, 'bin')).catch((): string[] => []),
  ]);
  // A runtime without compiler is no JDK.
  if (!binaries.includes('javac')) return undefined;
  const field = (name: string) => release.match(new RegExp(`^${name}="(.*)"$`, 'm'))?.[1] ?? '';
  const version = semanticJava(field('JAVA_VERSION'));
  if (version === undefined) return undefined;
  const build = field('JAVA_RUNTIME_VERSION').match(/\+(\d+)/)?.[1] ?? '';
  return { version, prefix, implementor: field('IMPLEMENTOR'), build };
}

/** `17.0.15`, `21`, and the old `1.8.0_392`. */
function semanticJava(text: string): string | undefined {
  const old = text.match(/^1\.(\d+)\.0_(\d+)$/);
  if (old) return `${old[1]}.0.${old[2]}`;
  const parts = text.match(/^(\d+)(?:\.(\d+))?(?:\.(\d+))?/);
  return parts ? `${parts[1]}.${parts[2] ?? 0}.${parts[3] ?? 0}` : undefined;
}
