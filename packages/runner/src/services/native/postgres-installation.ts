import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expandDirectories, findOnPath, isExecutable } from '../../machine/binaries.ts';
import { readVersion } from '../../processes/collect-output.ts';
import { type ImageReference, majorOfTag } from '../image-reference.ts';
import type { Installation } from './engine.ts';

/** Where distributions put PostgreSQL's servers, a folder for each version, mostly off the PATH. */
const SERVER_DIRECTORIES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/libexec/postgresql*',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

/** The installation of the tag's major version, else the newest; null if there is none. */
export async function findPostgres(image: ImageReference): Promise<Installation | null> {
  const onPath = findOnPath('postgres');
  const directories = [
    ...SERVER_DIRECTORIES.flatMap(expandDirectories),
    ...(onPath ? [dirname(onPath)] : []),
  ];
  const found = await Promise.all(directories.filter(isServerDirectory).map(describeInstallation));
  const installations = found
    .filter((installation) => installation !== null)
    .sort((a, b) => b.major - a.major);
  const wanted = majorOfTag(image.tag);
  return installations.find(({ major }) => major === wanted) ?? installations[0] ?? null;
}

function isServerDirectory(directory: string): boolean {
  return ['postgres', 'initdb'].every((program) => isExecutable(join(directory, program)));
}

async function describeInstallation(binDirectory: string): Promise<Installation | null> {
  // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
  const version = await readVersion(join(binDirectory, 'postgres'), /\(PostgreSQL\) ([\d.]+)/);
  if (!version) return null;
  return {
    title: `PostgreSQL ${version}`,
    product: 'PostgreSQL',
    major: Number.parseInt(version, 10),
    binDirectory,
  };
}

/** Whether `CREATE EXTENSION name` would find its files. */
export function hasExtension(installation: Installation, name: string): boolean {
  const { binDirectory, major } = installation;
  const shares = [
    `/usr/share/postgresql/${major}`,
    join(dirname(binDirectory), 'share'),
    join(dirname(binDirectory), 'share/postgresql'),
    `/usr/share/postgresql${major}`,
    '/usr/share/pgsql',
  ];
  return shares.some((share) => existsSync(join(share, 'extension', `${name}.control`)));
}
