import { existsSync, mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../../packages/runner/src/actions/test-server.ts';
import { noPseudoTerminal, PseudoTerminal } from '../pseudo-terminal.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';

let served: Served;
let folder: string;
let github: TestServer;
const before = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-attack-'));
  github = createTestServer(path.join(folder, 'github'));
  // Runners find github.com in the folder.
  Object.assign(process.env, github.env, { HOME: before.HOME });
  served = await serveForTest();
});
afterAll(async () => {
  process.env = before;
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

let projects = 0;
/** Runs the steps as a job at the server. */
async function run(
  steps: string,
  { secrets = {}, files = {} }: { secrets?: Record<string, string>; files?: Record<string, string> } = {},
) {
  const name = `octo/attack-${projects++}`;
  const indented = steps.trim().replace(/^/gm, '      ');
  const clone = await served.project(name, {
    ...files,
    ...workflow('ci.yml', `on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${indented}\n`),
  });
  for (const [secret, value] of Object.entries(secrets)) {
    await served.ask('PUT', `/projects/${name}/secrets/${secret}`, { value });
  }
  await clone.git('push', '--quiet', 'origin', 'main');
  const [started] = await served.runs(`?project=${name}`);
  const { conclusion, id } = await served.finished(started?.id ?? 0);
  return { conclusion, id, log: await served.log(id, 'job'), clone, name };
}

const cli = (...args: string[]) =>
  runSlipway(args, {
    cwd: folder,
    env: { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token, NO_COLOR: '1' },
  });

test('12 an action whose tag was moved after it was locked fails the job', async () => {
  const tool = github.repository('octo/tool');
  const manifest = { 'action.yml': 'name: tool\nruns: { using: node24, main: index.js }\n' };
  const good = tool.commit({ ...manifest, 'index.js': "console.log('good tool')\n" });
  tool.git('tag', 'v1');
  const lockfile = `version: 'v0.0.2'
workflows:
    '.github/workflows/ci.yml':
        - 'octo/tool@v1'
dependencies:
    'octo/tool@v1':
        ref: 'v1'
        commit: 'sha1-${good}'
        owner_id: 1
        repo_id: 2
`;
  const files = { '.github/workflows/actions.lock': lockfile };
  const kept = await run('- uses: octo/tool@v1', { files });
  expect(kept.log).toContain('good tool');
  expect(kept.conclusion).toBe('success');
  const evil = tool.commit({ 'index.js': "console.log('evil tool')\n" });
  tool.git('tag', '--force', 'v1');
  const moved = await run('- uses: octo/tool@v1', { files });
  expect(moved.conclusion).toBe('failure');
  expect(moved.log).not.toContain('evil tool');
  const { reason } = await served.job(moved.id, 'job', () => true);
  const said = `${reason} ${moved.log}`;
  expect(said).toContain(good);
  expect(said).toContain(evil);
  // Whoever has locked nothing gets what the tag names now, not what it named when the runner first asked.
  expect((await run('- uses: octo/tool@v1')).log).toContain('evil tool');
});

test('13 set-env and add-path in output are refused unless the job allows it', async () => {
  const steps = `
- run: |
    echo '::set-env name=EVIL::yes'
    echo '::add-path::/evil/bin'
  continue-on-error: true
- run: echo "evil=[$EVIL] path=[$(echo "$PATH" | grep -c /evil/bin)]"
`;
  const refused = await run(steps);
  expect(refused.log).toContain('evil=[] path=[0]\n');
  expect(refused.log).toContain('The `set-env` command is disabled.');
  expect(refused.log).toContain('The `add-path` command is disabled.');
  const allowed = await run(
    `${steps.replaceAll('continue-on-error: true', 'env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: true }')}`,
  );
  expect(allowed.log).toContain('evil=[yes] path=[1]\n');
});

test('14 what is written to GITHUB_ENV sets no other variable than it names, and never NODE_OPTIONS', async () => {
  const { log, conclusion } = await run(`
- run: |
    title=$(printf 'x\\nEOF\\nEVIL=yes\\nMORE<<EOF\\ny')
    delimiter=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \\n')
    { echo "TITLE<<$delimiter"; echo "$title"; echo "$delimiter"; } >> "$GITHUB_ENV"
- run: echo "evil=[$EVIL] more=[$MORE] lines=[$(echo "$TITLE" | wc -l)]"
- run: printf 'A<<EOF\\nnever ended\\n' >> "$GITHUB_ENV"
  continue-on-error: true
- run: echo "a=[$A]"
- run: echo 'NODE_OPTIONS=--require /evil.js' >> "$GITHUB_ENV"
  continue-on-error: true
- run: echo "options=[$NODE_OPTIONS]"
`);
  expect(conclusion).toBe('success');
  expect(log).toContain('evil=[] more=[] lines=[5]\n');
  expect(log).toContain('a=[]\n');
  expect(log).toContain('options=[]\n');
  expect(log).toContain('NODE_OPTIONS');
  expect(log).toMatch(/Matching delimiter not found|delimiter/);
});

test('15 a secret in base64, of several lines, in pieces or in an output never reaches the server', async () => {
  const secret = 'first-line-of-it\nsecond line & more';
  const { log, id } = await run(
    `
- id: out
  env: { KEY: "\${{ secrets.KEY }}" }
  run: |
    echo "plain $KEY"
    echo "base64 $(printf '%s' "$KEY" | base64 -w0) shifted $(printf 'u:%s' "$KEY" | base64 -w0)"
    echo "url $(node -p 'encodeURIComponent(process.env.KEY)')"
    printf 'pieces first-li'; sleep 0.2; printf 'ne-of-it\\n'
    echo "::notice title=t::$KEY"
    echo "### $KEY" >> "$GITHUB_STEP_SUMMARY"
    echo "key=first-line-of-it" >> "$GITHUB_OUTPUT"
`,
    { secrets: { KEY: secret } },
  );
  const job = await served.job(id, 'job', () => true);
  const steps = await served.ask('GET', `/jobs/${job.id}/steps`);
  const stream = await served.ask('GET', `/jobs/${job.id}/stream`);
  const events = await served.ask('GET', `/runs/${id}/events`);
  for (const [where, text] of Object.entries({
    log,
    steps: JSON.stringify(steps.body),
    stream: String(stream.body),
    events: String(events.body),
  })) {
    for (const leak of [
      'first-line-of-it',
      'second line & more',
      Buffer.from(secret).toString('base64'),
      Buffer.from(`u:${secret}`).toString('base64').slice(4, -4),
      encodeURIComponent(secret),
    ]) {
      expect([where, leak, text.includes(leak)]).toEqual([where, leak, false]);
    }
  }
  expect(log).toContain('pieces ***\n');
});

test('16 options and variables of a container reach nothing beyond what they name', async () => {
  const services = (more: string) => `on: push
jobs:
  job:
    runs-on: ubuntu-latest
    services:
      cache: { image: redis, ${more} }
    steps: [{ run: 'true' }]
`;
  const clone = await served.project('octo/containers', { a: '' });
  const local = (...args: string[]) =>
    runSlipway(['run', '--executor', 'host', ...args], {
      cwd: clone.directory,
      env: { SLIPWAY_HOME: path.join(folder, 'home') },
    });
  for (const [more, reason] of [
    ['options: "--network host"', /--network/],
    ['options: "--entrypoint /bin/sh"', /--entrypoint/],
    ['options: "--no-such-option"', /options:/],
  ] as const) {
    await clone.write(workflow('ci.yml', services(more)));
    const refused = await local();
    expect([more, refused.status]).toEqual([more, 1]);
    expect(`${refused.stdout}${refused.stderr}`).toMatch(reason);
  }
  // A client that keeps what it is told, instead of one that starts containers.
  const bin = path.join(folder, 'bin');
  const told = path.join(folder, 'told');
  await mkdir(bin);
  await writeFile(
    path.join(bin, 'docker'),
    `#!/bin/bash
case "$1" in
  version) echo 27.0.0 ;;
  create | run) { printf '%s\\0' "$@"; printf 'TITLE=%s\\0' "$TITLE"; } >> ${told}; exit 1 ;;
esac
`,
    { mode: 0o755 },
  );
  const evil = `x" -v /:/host --privileged "$(touch ${folder}/evil)\n--env A=b`;
  await clone.write(
    workflow(
      'ci.yml',
      `on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    container: { image: image, env: { TITLE: "\${{ vars.EVIL }}", DOCKER_HOST: "\${{ vars.EVIL }}" } }\n    steps: [{ run: 'true' }]\n`,
    ),
  );
  await runSlipway(['run', '--executor', 'docker', '--var', `EVIL=${evil}`], {
    cwd: clone.directory,
    env: { SLIPWAY_HOME: path.join(folder, 'home'), PATH: `${bin}:${process.env.PATH}` },
  });
  const words = (await readFile(told, 'utf8')).split('\0');
  // Words of their own, after `--env`, or in the client's environment: no shell sees them, and the client takes no part of them for an option.
  expect(words).toContain(`TITLE=${evil}`);
  expect(words[words.indexOf(`DOCKER_HOST=${evil}`) - 1]).toBe('--env');
  expect(words.filter((word) => word.includes('--privileged'))).toHaveLength(2);
  expect(existsSync(path.join(folder, 'evil'))).toBe(false);
}, 120_000);

test('25 a value that begins with @ is that value, and no file', async () => {
  const file = path.join(tmpdir(), 'slipway-at-file');
  const clone = await served.project('octo/literal', {
    ...workflow(
      'go.yml',
      'on: { workflow_dispatch: { inputs: { what: { type: string } } } }\njobs:\n  job:\n    runs-on: ubuntu-latest\n    env: { WHAT: "${{ inputs.what }}" }\n    steps: [{ run: \'echo "what=$WHAT"\' }]\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const dispatched = await cli('dispatch', 'go.yml', '--project', 'octo/literal', '-i', `what=@${file}`);
  const [, id = ''] = /Run (\d+)/.exec(dispatched.stdout) ?? [];
  await served.finished(Number(id));
  expect(await served.log(Number(id), 'job')).toContain(`what=@${file}\n`);
  await cli('cancel', id, '--reason', '@/etc/passwd');
  await cli('vars', 'set', 'FILE=@/etc/passwd', '--project', 'octo/literal');
  const vars = await cli('vars', '--project', 'octo/literal', '--json');
  expect(JSON.parse(vars.stdout)).toMatchObject({ name: 'FILE', value: '@/etc/passwd' });
}, 60_000);

test('27 a process that a job leaves behind is ended with it, whatever it did to get away', async () => {
  const mark = `slipway-left-${process.pid}-${Date.now()}`;
  const { conclusion } = await run(`
- run: |
    nohup setsid bash -c 'exec -a ${mark} sleep 300' > /dev/null 2>&1 &
    (trap '' TERM INT; exec -a ${mark}-2 sleep 300) &
    disown -a
    sleep 0.3
`);
  expect(conclusion).toBe('success');
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  for (let tries = 0; ; tries += 1) {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    const left = stdout.split('\n').filter((line) => line.startsWith(mark));
    if (left.length === 0) break;
    expect(tries, left.join('\n')).toBeLessThan(100);
    await delay(100);
  }
});

test('28 what a log says to a terminal or a browser does nothing', async (context) => {
  const { log, id } = await run(`
- run: |
    printf '\\033]8;;javascript:alert(1)\\033\\\\click\\033]8;;\\033\\\\\\n'
    printf '\\033]0;title\\007\\033[2J\\033[1;1Hforged\\033[31mred\\033[0m\\n'
    printf '\\033]52;c;ZXZpbA==\\007copied\\n'
    echo '<script>alert(1)</script><img src=x onerror=alert(1)>'
`);
  expect(log).toContain('<script>alert(1)</script>');
  const job = await served.job(id, 'job', () => true);
  const response = await fetch(`${served.server.url}/api/v1/jobs/${job.id}/log`, {
    headers: { authorization: `Bearer ${served.token}`, accept: 'text/html' },
  });
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const reason = noPseudoTerminal();
  if (reason !== undefined) return context.skip(reason);
  const terminal = new PseudoTerminal(['logs', String(id)], {
    cwd: folder,
    env: { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token },
  });
  expect(await terminal.ended).toBe(0);
  for (const line of ['click', 'copied', '<script>alert(1)</script><img src=x onerror=alert(1)>']) {
    expect(terminal.output.split(/\r?\n/)).toContain(line);
  }
  for (const sequence of ['\x1b]', '\x1b[2J', '\x1b[1;1H', '\x07']) {
    expect([sequence, terminal.output.includes(sequence)]).toEqual([sequence, false]);
  }
});
