import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile, realpath, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../workspace/exists.ts';
import { addEntry } from './entry.ts';
import type { FillOptions, Offer } from './fill-tool-cache.ts';
import { findNode } from './find-node.ts';
import type { Installation } from './installation.ts';

/**
 * Each Node of the machine with a prefix of its own: node and npm take the folder of the executable as the place for
 * global packages, so what a job installs with `npm install --global` stays in the job, and needs no rights.
 */
export async function offerNode({ toolCache, slipwayHome, env }: FillOptions): Promise<Offer[]> {
  const installations = await findNode(slipwayHome, env);
  const packages = await Promise.all(installations.map(findNpm));
  const portable = await newestPortable(packages.filter((npm) => npm !== undefined));
  return await Promise.all(
    installations.map(async (installation, index) => {
      const { version, prefix } = installation;
      await addEntry({ toolCache, name: 'node', version }, async (directory) => {
        const executable = await keepExecutable(installation, slipwayHome);
        await buildPrefix(directory, { prefix, executable, npm: packages[index] ?? portable });
      });
      return { name: 'node', version, from: prefix };
    }),
  );
}

interface Prefix {
  /** What is linked to. */
  prefix: string;
  executable: string;
  /** Root of an npm package; undefined if there is none on the machine. */
  npm: string | undefined;
}

async function buildPrefix(directory: string, { prefix, executable, npm }: Prefix): Promise<void> {
  const binaries = join(directory, 'bin');
  const modules = join(directory, 'lib/node_modules');
  await Promise.all(
    [binaries, modules, join(directory, 'include')].map((path) => mkdir(path, { recursive: true })),
  );
  await linkFile(executable, join(binaries, 'node'));
  await symlink(join(prefix, 'include/node'), join(directory, 'include/node'));
  if (npm === undefined) return;
  await symlink(npm, join(modules, 'npm'));
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(binaries, 'npm'));
  await symlink('../lib/node_modules/npm/bin/npx-cli.js', join(binaries, 'npx'));
  const corepack = join(prefix, 'lib/node_modules/corepack');
  if (!(await exists(corepack))) return;
  await symlink(corepack, join(modules, 'corepack'));
  await symlink('../lib/node_modules/corepack/dist/corepack.js', join(binaries, 'corepack'));
}

/**
 * A copy of the executable that belongs to us, on the file system where the jobs are: a hard link to it takes no time
 * and no space in each job, and the kernel allows it.
 */
async function keepExecutable({ version, prefix }: Installation, slipwayHome: string): Promise<string> {
  const kept = join(slipwayHome, 'tools/node', version, 'node');
  if (await exists(kept)) return kept;
  await mkdir(dirname(kept), { recursive: true });
  const temporary = `${kept}.${randomUUID()}`;
  await copyFile(join(prefix, 'bin/node'), temporary, constants.COPYFILE_FICLONE);
  await rename(temporary, kept);
  return kept;
}

async function linkFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE));
}

/** The npm that was installed with a Node. */
async function findNpm({ prefix }: Installation): Promise<string | undefined> {
  const command = await realpath(join(prefix, 'bin/npm')).catch(() => undefined);
  const root = command?.endsWith('/bin/npm-cli.js')
    ? dirname(dirname(command))
    : join(prefix, 'lib/node_modules/npm');
  return (await exists(join(root, 'bin/npm-cli.js'))) ? root : undefined;
}

/** For a Node without npm, such as the one that runs this. Debian's npm needs Debian's Node; others bring all they need. */
async function newestPortable(packages: string[]): Promise<string | undefined> {
  const versions = await Promise.all(
    packages.map(async (root) => {
      if (!(await exists(join(root, 'node_modules')))) return undefined;
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
        version: string;
      };
      return {
        root,
        order: version
          .split('.')
          .map((part) => part.padStart(6, '0'))
          .join('.'),
      };
    }),
  );
  return versions.filter((one) => one !== undefined).sort((a, b) => (a.order < b.order ? 1 : -1))[0]?.root;
}
