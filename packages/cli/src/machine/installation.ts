import { delimiter, join } from 'node:path';

declare const SLIPWAY_VERSION: string | undefined;

/** Root folder of the installed Slipway, which holds `bin/` and `actions/`; the bundle is in `dist/` of it. */
export function installation(): string {
  return typeof SLIPWAY_VERSION === 'string'
    ? join(__dirname, '..')
    : join(import.meta.dirname, '../../../..');
}

/** The environment with the `slipway` command at the end of PATH: jobs call the version that runs them, unless theirs goes before. */
export function withOwnCommand(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = environment.PATH || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { ...environment, PATH: `${path}${delimiter}${join(installation(), 'bin')}` };
}
