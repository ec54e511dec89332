import { dirname } from 'node:path';
import { expandDirectories, findOnPath } from '../../machine/binaries.ts';
import { readVersion } from '../../processes/collect-output.ts';
import { type ImageReference, officialName } from '../image-reference.ts';
import type { Installation } from './engine.ts';

const SERVER_DIRECTORIES = [
  '/usr/sbin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/opt/mysql*/bin',
  '/opt/homebrew/opt/mariadb*/bin',
  '/usr/local/opt/mysql*/bin',
  '/usr/local/opt/mariadb*/bin',
];

/** The product that the image names if the machine has it, else the other one; null if it has neither. */
export async function findMysql(image: ImageReference): Promise<Installation | null> {
  const path = [process.env.PATH ?? '', ...SERVER_DIRECTORIES.flatMap(expandDirectories)].join(':');
  const programs = officialName(image) === 'mariadb' ? ['mariadbd', 'mysqld'] : ['mysqld', 'mariadbd'];
  for (const program of programs) {
    const file = findOnPath(program, path);
    // `mysqld  Ver 8.0.36 for Linux …` or `mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for …`
    const version = file && (await readVersion(file, /Ver ([\d.]+(?:-MariaDB)?)/));
    if (!version) continue;
    const product = version.endsWith('-MariaDB') ? 'MariaDB' : 'MySQL';
    const number = version.replace('-MariaDB', '');
    return {
      title: `${product} ${number}`,
      product,
      major: Number.parseInt(number, 10),
      binDirectory: dirname(file),
    };
  }
  return null;
}

/** Since MariaDB 10.5 `mysqld` is but a link, which some distributions leave out. */
export function serverProgram({ product, title }: Installation): string {
  const [major = 0, minor = 0] = title.split(' ')[1]!.split('.').map(Number);
  return product === 'MariaDB' && (major > 10 || minor >= 5) ? 'mariadbd' : 'mysqld';
}
