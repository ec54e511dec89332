import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mistake } from '../command-line/command.ts';

/** The server that somebody works with, and as whom. */
export interface UserConfig {
  server?: string;
  token?: string;
}

/** `slipway/config.json` in the user's configuration folder. */
export function userConfigPath({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv): string {
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'slipway', 'config.json');
}

/** Empty if there is none. */
export function readUserConfig(environment: NodeJS.ProcessEnv): {
  file: UserConfig;
  mistake: Mistake | null;
} {
  const path = userConfigPath(environment);
  try {
    const { server, token } = readObject(path);
    const file = {
      ...(typeof server === 'string' && { server }),
      ...(typeof token === 'string' && { token }),
    };
    return { file, mistake: null };
  } catch {
    return { file: {}, mistake: { message: `${path} is no JSON`, mend: 'Mend or remove it.' } };
  }
}

/** Keeps them where only the user can read them; what else the file says stays. @returns where */
export function writeUserConfig(config: Required<UserConfig>, environment: NodeJS.ProcessEnv): string {
  const path = userConfigPath(environment);
  const text = `${JSON.stringify({ ...readObject(path), ...config }, null, 2)}\n`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  chmodSync(next, 0o600);
  renameSync(next, path);
  return path;
}

/** @throws SyntaxError */
function readObject(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  return JSON.parse(text) as Record<string, unknown>;
}
