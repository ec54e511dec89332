import { describe, expect, test } from 'vitest';
import { type Asked, runAction, serveJson } from './action-step.ts';

const inputs = { APPROVERS: 'Ada, grace', MINIMUM: '1', TITLE: 'Deploy v1', TIMEOUT_MINUTES: '1' };

interface Comment {
  /** Undefined: an account that is gone. */
  login?: string;
  body: string;
  updated_at?: string;
}

/** GitHub's issues with these comments, which come one with each look. */
function github(comments: Comment[]) {
  let seen = 0;
  return serveJson(({ method, path }: Asked) => {
    if (method === 'POST' && path === '/repos/octo/shop/issues')
      return { status: 201, body: { number: 3, html_url: 'https://example.com/3' } };
    if (method !== 'GET') return { body: {} };
    seen += 1;
    return { body: comments.slice(0, seen).map(asGitHubSays) };
  });
}

function asGitHubSays({ login, ...comment }: Comment) {
  const user = login === undefined ? null : { login };
  return { created_at: '2026-11-25T10:00:00Z', updated_at: '2026-11-25T10:00:00Z', ...comment, user };
}

async function wait(comments: Comment[], env: Record<string, string> = {}) {
  const { url, asked } = await github(comments);
  const result = await runAction('wait-for-approval/wait.mjs', {
    ...inputs,
    GITHUB_API_URL: url,
    TOKEN: 't',
    POLL_SECONDS: '0.01',
    ...env,
  });
  return { ...result, asked };
}

test('an approver’s word lets the run go on, and the issue is closed', async () => {
  const { status, outputs, asked } = await wait([
    { login: 'mallory', body: 'approved' },
    { login: 'octocat', body: 'approved' },
    { login: 'grace', body: 'Shall I say "approved"?' },
    { login: 'Ada', body: ' Approved! ' },
  ]);
  expect(status).toBe(0);
  expect(outputs).toEqual({ 'approved-by': 'ada' });
  expect(asked.at(-1)).toMatchObject({ method: 'PATCH', body: { state: 'closed' } });
  expect(asked[0]!.body).toMatchObject({ body: expect.stringContaining('a'.repeat(40)) });
});

test('what somebody has written over an approver’s comment is not the approver’s word', async () => {
  const { outputs } = await wait([
    { body: 'approved' },
    { login: 'ada', body: 'approved', updated_at: '2026-11-25T10:05:00Z' },
    { login: 'grace', body: 'approved' },
  ]);
  expect(outputs).toEqual({ 'approved-by': 'grace' });
});

test('troubles of GitHub that pass, and more comments than a page has, keep nobody from approving', async () => {
  let looks = 0;
  const talk = Array.from({ length: 100 }, () => asGitHubSays({ login: 'mallory', body: 'Please!' }));
  const { url } = await serveJson(({ method, path }) => {
    if (method !== 'GET') return { body: { number: 3, html_url: 'https://example.com/3' } };
    looks += 1;
    if (looks === 1) return { status: 502, body: {} };
    return { body: path.endsWith('&page=2') ? [asGitHubSays({ login: 'ada', body: 'approved' })] : talk };
  });
  const env = { ...inputs, GITHUB_API_URL: url, TOKEN: 't', POLL_SECONDS: '0.01' };
  const { status, stdout } = await runAction('wait-for-approval/wait.mjs', env);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('answered 502') });
});

describe('it fails', () => {
  test('when one rejects, whoever approved', async () => {
    const { status, stdout } = await wait(
      [
        { login: 'ada', body: 'approved' },
        { login: 'grace', body: 'rejected' },
      ],
      { MINIMUM: '2' },
    );
    expect(status).toBe(1);
    expect(stdout).toContain('Rejected by grace');
  });

  test('when nobody decides in time', async () => {
    const { status, stdout, asked } = await wait([], { TIMEOUT_MINUTES: '0' });
    expect(status).toBe(1);
    expect(stdout).toContain('Nobody decided');
    expect(asked.at(-1)).toMatchObject({ body: { state: 'closed' } });
  });

  test('at once when the time to wait is none', async () => {
    const { status, asked } = await wait([], { TIMEOUT_MINUTES: 'an hour' });
    expect({ status, asked }).toEqual({ status: 1, asked: [] });
  });

  test('at once when only who started it could approve', async () => {
    const { status, stdout, asked } = await wait([], { APPROVERS: 'octocat' });
    expect(status).toBe(1);
    expect(stdout).toContain('could never be approved');
    expect(asked).toEqual([]);
  });
});
