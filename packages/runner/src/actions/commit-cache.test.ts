import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createStoreBench, node } from './test-store.ts';

test('a run that is killed while it fetches leaves nothing that a later run takes for an action', async () => {
  const { directory, server, newRun, resolve } = createStoreBench();
  server.repository('octo/tool').commit({ 'action.yml': node('x') });
  // A git whose fetch never ends, for the run that is killed.
  const started = join(directory, 'started');
  mkdirSync(join(directory, 'bin'));
  const hang = `echo $$ > '${started}.part' && mv '${started}.part' '${started}' && exec sleep 600`;
  const stub = `#!/bin/sh\ncase "$*" in *fetch*) ${hang};; *) PATH='${process.env.PATH}' exec git "$@";; esac\n`;
  writeFileSync(join(directory, 'bin/git'), stub, { mode: 0o755 });
  const module = JSON.stringify(import.meta.resolve('./create-action-store.ts'));
  const options = {
    slipwayHome: join(directory, 'home'),
    env: { ...server.env, PATH: `${directory}/bin:/usr/bin:/bin` },
  };
  const program = `import(${module}).then(({ createActionStore }) => createActionStore(${JSON.stringify(options)})
    .readFile('octo/tool/action.yml@main', new AbortController().signal));`;
  const run = spawn(process.execPath, ['-e', program], { stdio: 'inherit' });
  await vi.waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 25_000 });
  const left = Number(readFileSync(started, 'utf8'));

  run.kill('SIGKILL');
  try {
    expect((await resolve(newRun(), 'octo/tool@main')).action.name).toBe('x');
  } finally {
    process.kill(left, 'SIGKILL');
  }
});
