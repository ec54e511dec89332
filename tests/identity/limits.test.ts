import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { openBrowser } from './browser.ts';
import { peopleOf } from './people.ts';

let served: Served;
const password = 'correct horse battery staple';

afterEach(() => served.close());
beforeEach(async () => {
  served = await serveForTest({
    labels: [],
    trustedProxies: 1,
    signInLimits: { tokensPerMinute: 5, attemptsPerAddress: 6, attemptsPerAccount: 3 },
  });
  await openBrowser().submit(served.server.firstAdminLink ?? '', { user: 'ada', password });
});

async function trySignIn(user: string, given: string, address: string) {
  const response = await fetch(`${served.server.url}/api/v1/session/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `1.2.3.4, ${address}` },
    body: JSON.stringify({ user, password: given, name: `t${Math.random()}` }),
  });
  return response;
}

test('passwords of one account are tried so often only, from wherever, and waiting is told in seconds', async () => {
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
    expect((await trySignIn('ada', 'wrong', address)).status).toBe(401);
  }
  const limited = await trySignIn('ADA', password, '10.0.0.4');
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await limited.json()).toMatchObject({ error: { code: 'too-many-attempts' } });
  expect((await trySignIn('other', 'wrong', '10.0.0.4')).status).toBe(401);
});

test('one address tries so often only, whatever it tries; others are not in its way', async () => {
  const address = '10.0.0.1';
  for (let count = 0; count < 6; count += 1) {
    expect((await trySignIn(`user${count}`, 'wrong', address)).status).toBe(401);
  }
  expect((await trySignIn('ada', password, address)).status).toBe(429);
  expect((await trySignIn('ada', password, '10.0.0.2')).status).toBe(201);
});

test('who signs in well is never too many, and many at once are counted before they are looked at', async () => {
  for (let count = 0; count < 8; count += 1) {
    expect((await trySignIn('ada', password, '10.0.0.1')).status).toBe(201);
  }
  const answers = await Promise.all(Array.from({ length: 10 }, () => trySignIn('ada', 'wrong', '10.0.0.2')));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
});

test('an address that keeps showing bad tokens is told to wait, while good ones from there are let in', async () => {
  const people = peopleOf(served);
  const git = (token: string) =>
    fetch(`${served.server.url}/octo/app.git/info/refs?service=git-upload-pack`, {
      headers: { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
    });
  for (let count = 0; count < 5; count += 1) {
    expect((await people.ask('slipway_wrong', 'GET', '/projects')).status).toBe(401);
  }
  const limited = await people.ask('slipway_wrong', 'GET', '/projects');
  expect([limited.status, limited.body.error.code]).toEqual([429, 'too-many-attempts']);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await git('slipway_wrong')).status).toBe(429);
  expect((await people.ask(served.token, 'GET', '/projects')).status).toBe(200);
  const metrics = await (await fetch(`${served.server.url}/metrics`)).text();
  expect(metrics).toContain('slipway_authentications_total{how="token",outcome="refused"} 5');
  expect(metrics).toContain('slipway_authentications_total{how="token",outcome="limited"} 2');
  expect(metrics).toContain('slipway_authentications_total{how="link",outcome="done"} 1');
});
