import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createStoreBench, failure, node } from './test-store.ts';

describe('the error', () => {
  test.each([
    ['octo/tool', 'invalid-uses', '@ref is missing'],
    ['octo@v1', 'invalid-uses', 'owner/repository'],
    ['octo/tool@', 'invalid-uses', 'empty'],
    ['octo/tool@a b', 'invalid-uses', "'a b'"],
    ['octo/../x@main', 'invalid-uses', 'owner/repository'],
    ['octo/tool/../../x@main', 'invalid-uses', 'inside the repository'],
    ['--upload-pack=x/tool@main', 'invalid-uses', 'owner/repository'],
    ['octo/tool@--upload-pack=x', 'invalid-uses', '--upload-pack'],
    ['$/a@v1', 'invalid-uses', 'running commit'],
    ['$/../a', 'invalid-uses', 'inside its repository'],
    ['octo/absent@v1', 'repository-not-found', 'octo/absent'],
    ['octo/tool@v9', 'ref-not-found', 'v9'],
    [`octo/tool@${'0'.repeat(40)}`, 'ref-not-found', '000'],
    ['octo/tool/sub@main', 'no-manifest', 'the folder holds README.md, more/'],
    ['octo/tool/sbu@main', 'no-manifest', 'no such folder; the root holds bad/, sub/'],
    ['octo/tool/bad@main', 'invalid-manifest', 'octo/tool/bad@main/action.yml:'],
  ])('for %s is %s', async (uses, code, words) => {
    const { server, newRun, resolve } = createStoreBench();
    server.repository('octo/tool').commit({
      'sub/README.md': '',
      'sub/more/x': '',
      'bad/action.yml': 'name: bad\nruns:\n  using: nonsense\n',
    });

    const error = await failure(resolve(newRun(), uses));

    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.mend).not.toBe('');
  });

  test('for an unknown ref names the refs that are most like it', async () => {
    const { server, newRun, resolve } = createStoreBench();
    const repository = server.repository('octo/tool');
    repository.commit({ 'action.yml': node('x') });
    for (const tag of ['v1', 'v2', 'v2.1', 'nightly']) repository.git('tag', tag);

    const error = await failure(resolve(newRun(), 'octo/tool@v2.0'));

    expect(error.message).toMatch(/there are v2\.1, v2, v1/);
  });

  test('for a shortened sha names the whole one', async () => {
    const { server, newRun, resolve } = createStoreBench();
    const sha = server.repository('octo/tool').commit({ 'action.yml': node('x') });

    const error = await failure(resolve(newRun(), `octo/tool@${sha.slice(0, 8)}`));

    expect(error.code).toBe('short-sha');
    expect(error.mend).toContain(`octo/tool@${sha}`);
  });

  test('for a server that is not there is a network error, after more than one attempt', async () => {
    const { newRun, resolve } = createStoreBench();
    // Nothing listens on port 1, and a refused connection is told at once.
    const error = await failure(resolve(newRun({ serverUrl: 'http://127.0.0.1:1' }), 'octo/tool@main'));

    expect(error.code).toBe('network');
    expect(error.message).toContain('http://127.0.0.1:1');
  });

  test.each([
    [404, 'repository-not-found'],
    [401, 'repository-not-found'],
    [503, 'network'],
  ])('for a server that answers %i is %s, and nobody is asked for a password', async (status, code) => {
    const { newRun, resolve } = createStoreBench();
    const http = createServer((_, response) => {
      response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="git"' } : {}).end();
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as { port: number };
    try {
      const error = await failure(
        resolve(newRun({ serverUrl: `http://127.0.0.1:${port}` }), 'octo/tool@main'),
      );
      expect(error.code).toBe(code);
      expect(error.message).toContain('octo/tool');
    } finally {
      http.close();
    }
  });

  test('for a server that never answers is a time-out', async () => {
    const { newRun, resolve } = createStoreBench();
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    try {
      const error = await failure(
        resolve(newRun({ serverUrl: `http://127.0.0.1:${port}`, timeoutMs: 500 }), 'octo/tool@main'),
      );
      expect(error.code).toBe('timed-out');
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  test('does not stick: what was missing is found once it is there', async () => {
    const { server, newRun, resolve } = createStoreBench();
    const run = newRun();
    await failure(resolve(run, 'octo/late@main'));
    server.repository('octo/late').commit({ 'action.yml': node('late') });

    expect((await resolve(run, 'octo/late@main')).action.name).toBe('late');
  });

  test('without git says to install it', async () => {
    const { directory, newRun, resolve } = createStoreBench();
    const error = await failure(resolve(newRun({ env: { PATH: directory } }), 'octo/tool@main'));

    expect(error.code).toBe('git-missing');
  });
});
