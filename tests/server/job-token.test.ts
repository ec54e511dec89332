import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;

beforeAll(async () => {
  served = await serveForTest();
}, 60_000);
afterAll(() => served.close());

/** A shell function that asks GITHUB_API_URL with the job's token and says the status. */
const ask = `
          ask() {
            curl -s -o "$1.json" -w '%{http_code}' -X "$2" -H "authorization: token $TOKEN" \\
              -H 'content-type: application/json' \${4:+-d "$4"} "$GITHUB_API_URL/repos/$3"
          }`;

test('does what the permissions of its job say, in its own project, as long as the job runs', async () => {
  const other = await served.project('octo/other', { 'a.txt': 'a' });
  await other.git('push', '--quiet', 'origin', 'main');
  const clone = await served.project('octo/tokens', {
    ...workflow(
      'ci.yml',
      `on: push
permissions: { contents: read, statuses: write }
jobs:
  writes-statuses:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: |${ask}
          echo "status $(ask s POST "$GITHUB_REPOSITORY/statuses/$GITHUB_SHA" '{"state":"success","description":"'"$TOKEN"'"}')"
          echo "repository $(ask r GET "$GITHUB_REPOSITORY")"
          echo "release $(ask l POST "$GITHUB_REPOSITORY/releases" '{"tag_name":"v1"}')"
          echo "other $(ask o GET octo/other)"
          echo "nowhere $(ask n GET octo/nowhere)"
          cmp o.json n.json && echo "the same answer"
          echo "server $SLIPWAY_SERVER $GITHUB_API_URL $GITHUB_GRAPHQL_URL"
  writes-releases:
    runs-on: ubuntu-latest
    permissions: { contents: write }
    env: { TOKEN: "\${{ secrets.GITHUB_TOKEN }}" }
    steps:
      - run: |${ask}
          echo "release $(ask l POST "$GITHUB_REPOSITORY/releases" '{"tag_name":"v1"}')"
          echo "status $(ask s POST "$GITHUB_REPOSITORY/statuses/$GITHUB_SHA" '{"state":"success"}')"
  none:
    runs-on: ubuntu-latest
    permissions: {}
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - uses: actions/checkout@v4
      - run: |${ask}
          echo "contents $(ask c GET "$GITHUB_REPOSITORY/contents/.github")"
          query='{ repository(owner: \\"octo\\", name: \\"tokens\\") { name pullRequests { totalCount } } }'
          curl -s -H "authorization: token $TOKEN" -d "{\\"query\\":\\"$query\\"}" "$GITHUB_GRAPHQL_URL"
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/tokens');
  const runId = run?.id ?? 0;
  const ended = await served.finished(runId);
  const log = await served.log(runId, 'writes-statuses');
  expect(ended.conclusion, log).toBe('success');
  expect(log).toContain('status 201\nrepository 200\nrelease 403\nother 403\nnowhere 403\nthe same answer');
  const { url } = served.server;
  expect(log).toContain(`server ${url} ${url}/api/v3 ${url}/api/graphql`);
  expect(await served.log(runId, 'writes-releases')).toContain('release 201\nstatus 403');
  const withNothing = await served.log(runId, 'none');
  expect(withNothing).toContain('contents 403');
  expect(withNothing).toContain('"type":"FORBIDDEN"');

  const authorization = `token ${served.token}`;
  const said = await fetch(`${url}/api/v3/repos/octo/tokens/commits/main/statuses`, {
    headers: { authorization },
  });
  const [{ description: token }] = (await said.json()) as [{ description: string }];
  expect(token.split('.')).toHaveLength(3);
  const late = await fetch(`${url}/api/v3/repos/octo/tokens`, {
    headers: { authorization: `token ${token}` },
  });
  expect(late.status).toBe(401);
}, 60_000);

test('a push or a release by a job starts no workflow, so that none starts itself for ever', async () => {
  const clone = await served.project('octo/loop', {
    ...workflow(
      'loop.yml',
      `on: { push: {}, release: { types: [published] } }
permissions: { contents: write }
jobs:
  push:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - uses: actions/checkout@v4
      - run: |${ask}
          git config user.name bot && git config user.email bot@example.com
          git commit -q --allow-empty -m 'by git' && git push -q origin HEAD:main
          echo "file $(ask f PUT "$GITHUB_REPOSITORY/contents/by-api.txt" '{"message":"by api","content":"aGk="}')"
          echo "release $(ask l POST "$GITHUB_REPOSITORY/releases" '{"tag_name":"v1"}')"
`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/loop');
  const ended = await served.finished(run?.id ?? 0);
  const log = await served.log(run?.id ?? 0, 'push');
  expect(ended.conclusion, log).toBe('success');
  expect(log).toContain('file 201\nrelease 201');
  await clone.git('fetch', '--quiet', '--tags', 'origin');
  expect(await clone.git('log', '--format=%s', 'origin/main')).toBe('by api\nby git\nfirst');
  expect(await served.runs('?project=octo/loop')).toHaveLength(1);
  await clone.git('reset', '--quiet', '--hard', 'origin/main');
  await clone.commit('by a person');
  await clone.git('push', '--quiet', 'origin', 'main');
  expect(await served.runs('?project=octo/loop')).toHaveLength(2);
}, 60_000);
