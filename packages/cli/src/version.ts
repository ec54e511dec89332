import { readFileSync } from 'node:fs';
import { join } from 'node:path';

declare const SLIPWAY_VERSION: string | undefined;

/** The project's version: written into the bundle when it is built, else that of the sources. */
export const version: string =
  typeof SLIPWAY_VERSION === 'string'
    ? SLIPWAY_VERSION
    : JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version;
