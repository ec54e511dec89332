import { describe, expect, test } from 'vitest';
import { type Asked, runAction, serveJson } from './action-step.ts';

const inputs = { APPROVERS: 'Ada, grace', MINIMUM: '1', TITLE: 'Deploy v1', TIMEOUT_MINUTES: '1' };

/** GitHub's issues with these comments, which come one with each look. */
function github(comments: { login: string; body: string }[]) {
  let seen = 0;
  return serveJson(({ method, path }: Asked) => {
    if (method === 'POST' && path === '/repos/octo/shop/issues')
      return { status: 201, body: { number: 3, html_url: 'https://example.com/3' } };
    if (method !== 'GET') return { body: {} };
    seen += 1;
    return { body: comments.slice(0, seen).map(({ login, body }) => ({ body, user: { login } })) };
  });
}

async function wait(comments: { login: string; body: string }[], env: Record<string, string> = {}) {
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

  test('at once when only who started it could approve', async () => {
    const { status, stdout, asked } = await wait([], { APPROVERS: 'octocat' });
    expect(status).toBe(1);
    expect(stdout).toContain('could never be approved');
    expect(asked).toEqual([]);
  });
});
