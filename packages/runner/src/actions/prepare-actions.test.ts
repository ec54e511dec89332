import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composite, createStoreBench, failure, node } from './test-store.ts';

const signal = () => AbortSignal.timeout(60_000);

describe('preparing', () => {
  test('fetches all that the job will need, nested in composite actions of any depth, but no checkout', async () => {
    const { directory, server, newRun, resolve } = createStoreBench();
    server.repository('octo/leaf').commit({ 'action.yml': node('leaf') });
    server.repository('octo/outer').commit({
      'action.yml': composite(
        'octo/inner/nested@main',
        '$/own',
        'actions/checkout@v4',
        './local',
        'docker://alpine',
      ),
      'own/action.yml': composite('octo/leaf@main'),
    });
    server
      .repository('octo/inner')
      .commit({ 'nested/action.yml': composite('octo/outer@main', 'octo/other@main') });
    server.repository('octo/other').commit({ 'action.yml': node('other') });

    await newRun().prepare(['octo/outer@main', './local', 'docker://alpine:3'], signal());

    rmSync(join(directory, 'server'), { recursive: true });
    const offline = newRun({ offline: true });
    for (const name of ['outer', 'inner/nested', 'leaf', 'other']) {
      expect((await resolve(offline, `octo/${name}@main`)).remote?.repository).toBe(
        `octo/${name.split('/')[0]}`,
      );
    }
  });

  test('fails with the action that is missing, however deep', async () => {
    const { server, newRun } = createStoreBench();
    server.repository('octo/outer').commit({ 'action.yml': composite('octo/gone@v1') });

    const error = await failure(newRun().prepare(['octo/outer@main'], signal()));

    expect(error.code).toBe('repository-not-found');
    expect(error.message).toContain('octo/gone');
  });
});

describe('offline', () => {
  test('a ref means what it meant when it was last asked for, and nothing is fetched', async () => {
    const { server, newRun, resolve } = createStoreBench();
    const repository = server.repository('octo/tool');
    const known = repository.commit({ 'action.yml': node('known') });
    await resolve(newRun(), 'octo/tool@main');
    repository.commit({ 'action.yml': node('newer') });

    expect((await resolve(newRun({ offline: true }), 'octo/tool@main')).remote?.sha).toBe(known);
  });

  test('an action that is not cached fails and says how to get it', async () => {
    const { server, newRun, resolve } = createStoreBench();
    const sha = server.repository('octo/tool').commit({ 'action.yml': node('x') });

    for (const ref of ['main', sha]) {
      const error = await failure(resolve(newRun({ offline: true }), `octo/tool@${ref}`));
      expect(error.code).toBe('offline');
      expect(error.message).toContain(`octo/tool@${ref}`);
      expect(error.mend).toContain('without --offline');
    }
  });
});
