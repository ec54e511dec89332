import type { AuditPage, MadeToken, SessionAnswer, UserLinkAnswer } from '@slipway/contracts/api/identity';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { type Browser, openBrowser } from './browser.ts';

const password = 'correct horse battery staple';
let served: Served;
let browser: Browser;
let url: string;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  served = await serveForTest({ labels: [], now: () => Date.now() + ahead });
  browser = openBrowser();
  url = served.server.url;
});
afterEach(() => served.close());

const link = () => served.server.firstAdminLink ?? '';
const becomeAdmin = () => browser.submit(link(), { user: 'Ada', password });
const session = async () => (await browser.get(`${url}/api/v1/session`)).json() as Promise<SessionAnswer>;

describe('the first admin', () => {
  test('is made by the link of the first start, once', async () => {
    expect(await (await browser.get(link())).text()).toContain('Become the first admin');
    const made = await becomeAdmin();
    expect([made.status, made.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(await (await browser.get(`${url}/sign-in`)).text()).toContain('<strong>ada</strong>');
    const self = await browser.get(`${url}/api/v1/user`);
    expect(await self.json()).toMatchObject({ kind: 'person', name: 'ada', isServerAdmin: true });
    const again = await openBrowser().submit(link(), { user: 'mallory', password });
    expect([again.status, await again.text()]).toEqual([410, expect.stringContaining('was used')]);
    const { body } = await served.ask<{ users: { name: string }[] }>('GET', '/users');
    expect(body.users.map(({ name }) => name)).toEqual(['ada']);
  });

  test('of two who use the link at once, one is made', async () => {
    const answers = await Promise.all([
      openBrowser().submit(link(), { user: 'first', password }),
      openBrowser().submit(link(), { user: 'second', password }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410]);
    const { body } = await served.ask<{ users: { name: string }[] }>('GET', '/users');
    expect(body.users).toHaveLength(1);
  });

  test('is not made after a day, nor with a name or password that cannot be', async () => {
    const short = await browser.submit(link(), { user: 'ada', password: 'short' });
    expect([short.status, await short.text()]).toEqual([400, expect.stringContaining('12 characters')]);
    const taken = await browser.submit(link(), { user: 'admin', password });
    expect([taken.status, await taken.text()]).toEqual([400, expect.stringContaining('kept for the server')]);
    ahead = 25 * 60 * 60_000;
    expect((await becomeAdmin()).status).toBe(410);
  });
});

describe('a browser', () => {
  test('signs in with name and password and out again; its cookie is for this site and no script', async () => {
    await becomeAdmin();
    const other = openBrowser();
    const entered = await other.submit(`${url}/sign-in`, { user: 'ADA', password });
    expect(entered.status).toBe(303);
    const { value, attributes } = other.cookies.get('slipway_session') ?? { value: '', attributes: '' };
    expect(attributes).toMatch(/HttpOnly/);
    expect(attributes).toMatch(/SameSite=Lax/);
    expect(attributes).not.toMatch(/Secure|Domain/);
    const page = await (await other.get(`${url}/sign-in`)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await other.submit(`${url}/sign-out`, { csrf: 'wrong' })).status).toBe(403);
    expect((await other.submit(`${url}/sign-out`, { csrf })).status).toBe(303);
    expect(other.cookies.size).toBe(0);
    const after = await fetch(`${url}/api/v1/user`, { headers: { cookie: `slipway_session=${value}` } });
    expect(after.status).toBe(401);
  });

  test('is told the same whether name or password is wrong, on a page that nothing may frame or run in', async () => {
    await becomeAdmin();
    const texts: string[] = [];
    for (const [user, wrong] of [
      ['ada', 'wrong'],
      ['nobody', password],
    ] as const) {
      const refused = await openBrowser().submit(`${url}/sign-in`, { user, password: wrong });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      texts.push(await refused.text());
    }
    expect(texts[0]).toContain('Name and password do not fit.');
    expect(texts[0]).toBe(texts[1]);
  });

  test('has its session for a week, or until the user is disabled', async () => {
    await becomeAdmin();
    await served.ask('POST', '/users', { name: 'grace' });
    expect((await browser.get(`${url}/api/v1/user`)).status).toBe(200);
    ahead = 8 * 24 * 60 * 60_000;
    expect((await browser.get(`${url}/api/v1/user`)).status).toBe(401);
    await browser.submit(`${url}/sign-in`, { user: 'ada', password });
    expect((await browser.get(`${url}/api/v1/user`)).status).toBe(200);
    await served.ask('PATCH', '/users/ada', { disabled: true });
    expect((await browser.get(`${url}/api/v1/user`)).status).toBe(401);
    expect((await browser.submit(`${url}/sign-in`, { user: 'ada', password })).status).toBe(401);
  });

  test('changes nothing for another site, nor without the token of its own pages', async () => {
    await becomeAdmin();
    const { csrfToken } = await session();
    const create = async (headers: Record<string, string>) => {
      const response = await browser.fetch(`${url}/api/v1/projects`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: `octo/p${Object.keys(headers).length}` }),
      });
      const { error } = (await response.json()) as { error?: { code: string } };
      return [response.status, error?.code];
    };
    const own = { origin: url, 'x-slipway-csrf': csrfToken };
    const refused = [403, 'cross-site'];
    expect(await create({})).toEqual(refused);
    expect(await create({ 'x-slipway-csrf': csrfToken })).toEqual(refused);
    expect(await create({ origin: url })).toEqual(refused);
    expect(await create({ ...own, 'x-slipway-csrf': 'wrong' })).toEqual(refused);
    expect(await create({ ...own, origin: 'https://evil.example' })).toEqual(refused);
    expect(await create({ ...own, origin: 'null' })).toEqual(refused);
    expect(await create({ ...own, 'sec-fetch-site': 'cross-site' })).toEqual(refused);
    expect(await create({ ...own, 'sec-fetch-site': 'same-site' })).toEqual(refused);
    expect((await served.ask<{ projects: [] }>('GET', '/projects')).body.projects).toEqual([]);
    expect((await create({ ...own, 'sec-fetch-site': 'same-origin' }))[0]).toBe(201);
  });

  test('signs in and out by the interface too', async () => {
    await becomeAdmin();
    const other = openBrowser();
    const ask = (method: string, headers: Record<string, string>, body?: object) =>
      other.fetch(`${url}/api/v1/session`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const given = { user: 'ada', password };
    expect((await ask('POST', {}, given)).status).toBe(403);
    expect((await ask('POST', { origin: 'https://evil.example' }, given)).status).toBe(403);
    const entered = await ask('POST', { origin: url }, given);
    expect(entered.status).toBe(201);
    const { csrfToken, user } = (await entered.json()) as SessionAnswer;
    expect([user, other.cookies.size]).toEqual(['ada', 1]);
    expect((await other.get(`${url}/api/v1/user`)).status).toBe(200);
    expect((await ask('DELETE', { origin: url })).status).toBe(403);
    expect((await ask('DELETE', { origin: url, 'x-slipway-csrf': csrfToken })).status).toBe(204);
    expect(other.cookies.size).toBe(0);
  });

  test('is signed in by no other site', async () => {
    await becomeAdmin();
    const other = openBrowser();
    const refused = await other.submit(`${url}/sign-in`, { user: 'ada', password }, 'https://evil.example');
    expect([refused.status, other.cookies.size]).toEqual([403, 0]);
  });
});

test('over https the cookie is for this host and goes nowhere else', async () => {
  const secure = await serveForTest({ labels: [], publicUrl: 'https://ci.example.com' });
  try {
    const path = new URL(secure.server.firstAdminLink ?? '').pathname;
    await browser.submit(`${secure.server.url}${path}`, { user: 'ada', password });
    expect(browser.cookies.get('__Host-slipway')?.attributes).toMatch(/Secure/);
  } finally {
    await secure.close();
  }
});

test('a program gets a token for name and password; a user chooses a password by a link, which ends sessions', async () => {
  const { body: made } = await served.ask<UserLinkAnswer>('POST', '/users', { name: 'Grace' });
  expect(made.user).toMatchObject({ name: 'grace', signsInBy: 'none' });
  const ask = (body: object) =>
    fetch(`${url}/api/v1/session/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await ask({ user: 'grace', password, name: 'cli' })).status).toBe(401);
  expect((await browser.submit(made.link, { password })).status).toBe(303);
  const { token, expiresAt } = (await (
    await ask({ user: 'grace', password, name: 'cli' })
  ).json()) as MadeToken;
  expect((expiresAt ?? 0) - Date.now()).toBeGreaterThan(89 * 24 * 60 * 60_000);
  const self = await fetch(`${url}/api/v1/user`, { headers: { authorization: `token ${token}` } });
  expect(await self.json()).toMatchObject({ name: 'grace', isServerAdmin: false, roles: {} });
  const again = await served.ask<UserLinkAnswer>('POST', '/users/grace/link');
  await openBrowser().submit(again.body.link, { password: 'another long password' });
  expect((await browser.get(`${url}/api/v1/user`)).status).toBe(401);
  expect((await ask({ user: 'grace', password, name: 'cli2' })).status).toBe(401);
});

describe('a password', () => {
  const other = 'a staple of another battery';
  const change = (body: object, headers: Record<string, string>, from = browser) =>
    from.fetch(`${url}/api/v1/user/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, ...headers },
      body: JSON.stringify(body),
    });

  test('is changed by who knows it; other sessions end, and the old one opens nothing', async () => {
    await becomeAdmin();
    const elsewhere = openBrowser();
    await elsewhere.submit(`${url}/sign-in`, { user: 'ada', password });
    const { csrfToken } = await session();
    const csrf = { 'x-slipway-csrf': csrfToken };
    expect((await change({ current: password, password: other }, {})).status).toBe(403);
    const wrong = await change({ current: other, password: other }, csrf);
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { error: { code: 'sign-in-refused' } }]);
    expect((await change({ current: password, password: 'short' }, csrf)).status).toBe(400);
    expect((await change({ current: password, password: other }, csrf)).status).toBe(204);
    expect((await browser.get(`${url}/api/v1/user`)).status).toBe(200);
    expect((await elsewhere.get(`${url}/api/v1/user`)).status).toBe(401);
    const old = await openBrowser().submit(`${url}/sign-in`, { user: 'ada', password });
    expect(old.status).toBe(401);
    expect((await openBrowser().submit(`${url}/sign-in`, { user: 'ada', password: other })).status).toBe(303);
    const { body } = await served.ask<AuditPage>('GET', '/audit?action=password.changed');
    expect(body.entries).toMatchObject([
      { actor: 'ada', subject: 'user ada', outcome: 'done' },
      { actor: 'ada', subject: 'user ada', outcome: 'refused' },
    ]);
  });

  test('is not changed with a limited token, nor guessed', async () => {
    await becomeAdmin();
    const tokenOf = async (limits: object) => {
      const made = { kind: 'person', name: `t${Math.random()}`, user: 'ada', ...limits };
      return (await served.ask<MadeToken>('POST', '/tokens', made)).body.token;
    };
    const by = async (token: string, current: string) =>
      (await change({ current, password: other }, { authorization: `Bearer ${token}` }, openBrowser()))
        .status;
    expect(await by(await tokenOf({ scopes: ['run.write'] }), password)).toBe(403);
    const whole = await tokenOf({});
    for (let times = 0; times < 10; times += 1) expect(await by(whole, 'wrong')).toBe(401);
    expect(await by(whole, password)).toBe(429);
  });
});
