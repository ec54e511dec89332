import { delimiter, join } from 'node:path';

/** What a process needs of this machine; nothing else of our own environment is for it. */
const passedOn = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** As npm does it, programs that a folder brings come first on the PATH: also its own Node. */
export function baseEnv(directory: string, from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const path = [join(directory, 'node_modules/.bin'), from.PATH ?? '/usr/local/bin:/usr/bin:/bin'];
  const env: Record<string, string> = { PATH: path.join(delimiter) };
  for (const name of passedOn) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
