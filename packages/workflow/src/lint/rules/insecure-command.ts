import { everyEnv } from '../file/env-blocks.ts';
import type { Rule } from '../rule.ts';

export const insecureCommand: Rule = {
  code: 'insecure-command',
  severity: 'error',
  why: 'Runners refuse `set-env` and `add-path`: any output of a program could set the environment of all later steps.',
  mend: 'Write to the file instead: `echo "NAME=value" >> "$GITHUB_ENV"`, or the folder to `"$GITHUB_PATH"`.',
  judgesActions: true,
  *check(file) {
    for (const script of file.scripts) {
      for (const match of script.text.matchAll(/::(set-env\s+name=|add-path::)/g)) {
        const command = match[1]?.startsWith('set-env') ? 'set-env' : 'add-path';
        yield { at: script.place(match.index), message: `Runners refuse the command \`${command}\`.` };
      }
    }
    for (const { name, at } of everyEnv(file)) {
      if (name !== 'ACTIONS_ALLOW_UNSECURE_COMMANDS') continue;
      yield {
        at,
        message: '`ACTIONS_ALLOW_UNSECURE_COMMANDS` lets any output of a program set the environment.',
        mend: 'Remove it, and write to `$GITHUB_ENV` and `$GITHUB_PATH`.',
      };
    }
  },
};
