import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';

const fetchPatienceMs = 15_000;

/** Whether git reaches the actions for caches and artifacts; a mirror in its configuration counts. */
export function canFetchActions(folder: string): boolean {
  return ['actions/cache', 'actions/upload-artifact'].every((action) => {
    const url = `https://github.com/${action}`;
    const args = ['-C', folder, 'ls-remote', '--quiet', '--exit-code', url, 'HEAD'];
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
    return spawnSync('git', args, { env, stdio: 'ignore', timeout: fetchPatienceMs }).status === 0;
  });
}

/** As a person's shell has it, without what npm added for a script: the pipeline must not find this project's tools. */
export function shellEnvironment(): NodeJS.ProcessEnv {
  const ofScript =
    /^(npm_(package|lifecycle|config_(local|global)_prefix|command|execpath|node_execpath)|INIT_CWD$|NODE$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofScript.test(name)));
  const path = (process.env.PATH ?? '').split(delimiter);
  return {
    ...env,
    PATH: path
      .filter((folder) => !/[/\\](node_modules[/\\]\.bin|node-gyp-bin)$/.test(folder))
      .join(delimiter),
  };
}
