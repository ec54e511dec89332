import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { resultsActionFiles } from '../results/bundle-action.ts';
import { runSlipway } from '../slipway-process.ts';
import { prepareTestEngine, testImages } from './test-engine.ts';

const engine = await prepareTestEngine();

const workflow = `on: push
jobs:
  inside:
    runs-on: ubuntu-latest
    container: ${testImages.node}
    steps:
      - uses: actions/checkout@v4
      - run: mkdir deps && echo made inside | tee deps/file > inside.txt
      - uses: ./act
        with: { do: upload, name: from-inside, path: inside.txt }
      - uses: ./act
        with: { do: save, name: key, path: deps }
      - uses: ./act-container
        with: { do: upload, name: from-action, path: deps/file }
      - id: address
        uses: ./address
      - name: run step
        shell: bash
        run: |
          exec 3<>/dev/tcp/\${{ steps.address.outputs.host }}
          printf 'GET /no-such-route HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' >&3
          grep bad_route <&3

  outside:
    needs: inside
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { do: download, name: from-inside, path: got }
      - uses: ./act
        with: { do: download, name: from-action, path: got }
      - name: compare
        run: cat got/inside.txt got/file && echo made outside > outside.txt
      - uses: ./act
        with: { do: upload, name: from-outside, path: outside.txt }

  inside-again:
    needs: outside
    runs-on: ubuntu-latest
    container: ${testImages.node}
    steps:
      - uses: actions/checkout@v4
      - uses: ./act
        with: { do: download, name: from-outside, path: got }
      - uses: ./act
        with: { do: restore, name: key, path: deps }
      - name: show
        run: cat got/outside.txt deps/file

  action-of-the-host:
    needs: inside
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./act-container
        with: { do: restore, name: key, path: deps }
      - uses: ./act-container
        with: { do: download, name: from-inside, path: got }
      - name: show
        run: cat got/inside.txt deps/file
`;

/** Tells scripts where the service is, which only actions know. */
const address = {
  'address/action.yml': 'name: address\nruns: { using: node24, main: main.mjs }\n',
  'address/main.mjs': `import { appendFileSync } from 'node:fs';
const { hostname, port } = new URL(process.env.ACTIONS_RESULTS_URL);
appendFileSync(process.env.GITHUB_OUTPUT, \`host=\${hostname}/\${port}\\n\`);
console.log(['address', hostname].join(' '));
`,
};

test('artifacts and caches go from containers to the host, to containers and container actions, and back', {
  timeout: 240_000,
}, async (ctx) => {
  if (engine.kind === 'skip') return ctx.skip(engine.reason);
  const files = await resultsActionFiles(testImages.node);
  const repository = new GitRepository({ '.github/workflows/ci.yml': workflow, ...files, ...address });
  onTestFinished(() => repository.remove());
  const { status, stdout, stderr } = await runSlipway(['run', '--offline'], {
    cwd: repository.path,
    env: { SLIPWAY_HOME: repository.home },
  });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toContain('saved key: as a new entry');
  expect(stdout).toMatch(/address (?!127\.)[\w.]+/);
  expect(stdout.match(/made inside$/gm)).toHaveLength(5);
  expect(stdout.match(/restored key/g)).toHaveLength(2);
  expect(stdout).toContain('made outside');
});
