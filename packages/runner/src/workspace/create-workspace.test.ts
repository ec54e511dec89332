import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkspace, removeWorkspace } from './create-workspace.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-workspace-'));
});

afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwX', directory]);
  rmSync(directory, { recursive: true, force: true });
});

const create = (job: number) =>
  createWorkspace({ workDirectory: join(directory, 'work/run-1'), job, repository: 'octo/app' });

test('each job has folders of its own, laid out as on a GitHub runner', async () => {
  const [first, second] = await Promise.all([create(0), create(1)]);

  expect(first.workspace).toBe(join(directory, 'work/run-1/0/app/app'));
  expect(second.workspace).toBe(join(directory, 'work/run-1/1/app/app'));
  for (const folder of [first.workspace, first.temp, first.actions, first.toolCache])
    expect(readdirSync(folder)).toEqual([]);
});

test('removing takes everything, folders without write permission too', async () => {
  const workspace = await create(0);
  const readOnly = join(workspace.workspace, 'go/pkg/mod');
  mkdirSync(readOnly, { recursive: true });
  writeFileSync(join(readOnly, 'go.mod'), '');
  chmodSync(readOnly, 0o555);

  expect(await removeWorkspace(workspace)).toBeUndefined();
  expect(existsSync(workspace.root)).toBe(false);
});

test('removing a job without a checkout leaves nothing', async () => {
  const workspace = await create(0);
  writeFileSync(join(workspace.temp, 'event.json'), '{}');

  expect(await removeWorkspace(workspace)).toBeUndefined();
  expect(existsSync(workspace.root)).toBe(false);
});

test('what another user owns is reported with the command that removes it', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can make files of another user');
  const here = import.meta.dirname;
  if (!asNobody(`test -r '${here}' && test -x '${process.execPath}'`)) {
    return context.skip(`another user can't read ${here}`);
  }
  const workspace = await create(0);
  const foreign = join(workspace.workspace, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'file'), '');
  // The roles exchanged: everything belongs to nobody, who then removes, but for one folder of root's.
  execFileSync('chown', ['-R', 'nobody', directory]);
  chownSync(foreign, 0, 0);
  chmodSync(foreign, 0o755);
  const script = `import(${JSON.stringify(import.meta.resolve('./create-workspace.ts'))}).then(async ({ removeWorkspace }) => {
    console.log(await removeWorkspace(${JSON.stringify(workspace)}));
  });`;

  const printed = asNobody(`'${process.execPath}' -e '${script}'`);

  expect(printed).toContain(`sudo rm -rf '${workspace.root}'`);
  expect(existsSync(join(foreign, 'file'))).toBe(true);
});

/** Standard output, or undefined if the command failed. */
function asNobody(command: string): string | undefined {
  try {
    return execFileSync('su', ['nobody', '-s', '/bin/sh', '-c', `${command} && echo done`], {
      encoding: 'utf8',
    });
  } catch {
    return undefined;
  }
}
