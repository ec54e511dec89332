import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run bundle -- api|worker|migrations`: everything that the component needs to run, in `build/<component>`: production
 * dependencies, sources and Node itself, so that nothing on the machine decides how it works. What the images are for Docker, this is
 * for a place that has none. VERSION and COMMIT become what `/health` says.
 */
const contents: Record<string, string[]> = {
  api: ['src', 'public'],
  worker: ['src'],
  migrations: ['src'],
};

const root = join(import.meta.dirname, '..');
const component = process.argv[2] ?? '';
const sources = contents[component];
if (sources === undefined) {
  process.stderr.write(`usage: npm run bundle -- ${Object.keys(contents).join('|')}\n`);
  process.exit(2);
}

const bundle = join(root, 'build', component);
rmSync(bundle, { recursive: true, force: true });
mkdirSync(join(bundle, 'bin'), { recursive: true });
for (const name of ['package.json', 'package-lock.json', '.npmrc', 'release.env'])
  copyFileSync(join(root, name), join(bundle, name));
installDependencies(bundle);
for (const name of sources) {
  const isShipped = (path: string) => !/\.test\.ts$|tsconfig\.json$/.test(path);
  cpSync(join(root, name), join(bundle, name), { recursive: true, filter: isShipped });
}
// npm scripts run on the pinned Node.
copyFileSync(process.execPath, join(bundle, 'bin/node'));
chmodSync(join(bundle, 'bin/node'), 0o755);
const { VERSION = '0.0.0-dev', COMMIT = 'unknown' } = process.env;
appendFileSync(join(bundle, 'release.env'), `APP_VERSION=${VERSION}\nAPP_COMMIT=${COMMIT}\n`);
process.stdout.write(`${bundle}\n`);

/** Without the optional dependencies, which are the pinned Node for every kind of machine. */
function installDependencies(folder: string): void {
  const args = ['ci', '--omit=dev', '--omit=optional', '--prefer-offline'];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed`, { cause: error });
}
