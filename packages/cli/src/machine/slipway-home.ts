import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where Slipway keeps what all repositories share: SLIPWAY_HOME, else `slipway` in the user's cache folder. */
export function slipwayHome({ SLIPWAY_HOME, XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string {
  if (SLIPWAY_HOME) return resolve(SLIPWAY_HOME);
  return join(XDG_CACHE_HOME || join(HOME || homedir(), '.cache'), 'slipway');
}
