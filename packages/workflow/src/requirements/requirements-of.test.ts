import { describe, expect, test } from 'vitest';
import { readWorkflow } from '../reader/index.ts';
import { programsOf } from './programs-of.ts';
import { requirementsOf } from './requirements-of.ts';

function requirements(content: string) {
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/ci.yml', content });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return requirementsOf(value!).map(({ file: _file, at: _at, jobId, ...kind }) => ({ jobId, ...kind }));
}

describe('requirementsOf', () => {
  test('names labels, services, shells, runtimes and programs, each once for a job', () => {
    expect(
      requirements(`
on: push
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest]
        node: [20, 22]
    services:
      db:
        image: postgres:15-alpine
      none:
        image: \${{ vars.image }}
    steps:
      - uses: actions/setup-node@v4
        with: { node-version: '\${{ matrix.node }}' }
      - run: npm ci && psql -c 'select 1'
      - run: npm test
      - run: print(1)
        shell: python
`),
    ).toEqual([
      { jobId: 'test', kind: 'label', label: 'ubuntu-latest' },
      { jobId: 'test', kind: 'label', label: 'macos-latest' },
      { jobId: 'test', kind: 'service', service: 'db', image: 'postgres:15-alpine' },
      { jobId: 'test', kind: 'runtime', runtime: 'node', version: '20' },
      { jobId: 'test', kind: 'runtime', runtime: 'node', version: '22' },
      { jobId: 'test', kind: 'shell', shell: 'bash' },
      { jobId: 'test', kind: 'program', program: 'npm' },
      { jobId: 'test', kind: 'program', program: 'psql' },
      { jobId: 'test', kind: 'shell', shell: 'python' },
    ]);
  });

  test('a job in a container needs an engine and nothing else for its steps', () => {
    expect(
      requirements(`
on: push
jobs:
  build:
    runs-on: [self-hosted, linux]
    container: node:22
    steps:
      - run: python3 x.py
  image:
    runs-on: ubuntu-latest
    defaults: { run: { shell: sh } }
    steps:
      - uses: docker://alpine:3
      - uses: docker/build-push-action@v6
      - run: sudo docker ps | jq .
`),
    ).toEqual([
      { jobId: 'build', kind: 'label', label: 'self-hosted' },
      { jobId: 'build', kind: 'label', label: 'linux' },
      { jobId: 'build', kind: 'engine', because: 'the job runs in a container' },
      { jobId: 'image', kind: 'label', label: 'ubuntu-latest' },
      { jobId: 'image', kind: 'engine', because: 'the step uses docker://alpine:3' },
      { jobId: 'image', kind: 'engine', because: 'docker/build-push-action builds with docker' },
      { jobId: 'image', kind: 'shell', shell: 'sh' },
      { jobId: 'image', kind: 'program', program: 'docker' },
      { jobId: 'image', kind: 'program', program: 'jq' },
    ]);
  });
});

test('programs are found where a command begins, and not in words or comments', () => {
  const script = [
    'NODE_ENV=test npx vitest # make it quick',
    'echo "docker" && if ! command -v jq; then sudo apt-get install jq; fi',
    'version=$(go version)',
    'curl -s \\',
    '  make',
  ].join('\n');
  expect(programsOf(script)).toEqual(['npx', 'go', 'curl']);
});
