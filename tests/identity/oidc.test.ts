import type { UserAnswer } from '@slipway/contracts/api/identity';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type FakeIssuer, fakeClient, startFakeIssuer } from './fake-issuer.ts';

let issuer: FakeIssuer;
let served: Served;
let browser: Browser;

beforeEach(async () => {
  issuer = await startFakeIssuer();
  served = await serveForTest({
    labels: [],
    oidc: {
      issuer: issuer.url,
      ...fakeClient,
      grants: [
        { claim: 'groups', value: 'ci-admins', to: { kind: 'server-admin' } },
        { claim: 'groups', value: 'app', to: { kind: 'role', project: 'octo/App', role: 'developer' } },
        { claim: 'groups', value: 'app-owners', to: { kind: 'role', project: 'octo/app', role: 'admin' } },
      ],
    },
  });
  await served.project('octo/app', {});
  browser = openBrowser();
});
afterEach(async () => {
  await served.close();
  await issuer.close();
});

/** Goes to the provider and comes back with its answer. */
async function signIn(by: Browser = browser, change = (back: URL) => back): Promise<Response> {
  const away = await by.get(`${served.server.url}/sign-in/oidc`);
  const there = await fetch(away.headers.get('location') ?? '', { redirect: 'manual' });
  return by.get(change(new URL(there.headers.get('location') ?? '')).href);
}
const self = async (by = browser) => (await by.get(`${served.server.url}/api/v1/user`)).json();

describe('sign-in at an OpenID provider', () => {
  test('makes the user with the roles of its claims, and goes by them at each sign-in', async () => {
    expect(await (await browser.get(`${served.server.url}/sign-in`)).text()).toContain(
      `Sign in at ${new URL(issuer.url).host}`,
    );
    issuer.claims = { sub: '42', preferred_username: 'Grace.Hopper@navy.mil', groups: ['app', 'app-owners'] };
    expect((await signIn()).headers.get('location')).toBe('/sign-in');
    expect(await self()).toMatchObject({
      name: 'grace-hopper',
      isServerAdmin: false,
      roles: { 'octo/app': 'admin' },
    });
    issuer.claims = { sub: '42', preferred_username: 'renamed', groups: ['ci-admins'] };
    await signIn();
    expect(await self()).toMatchObject({ name: 'grace-hopper', isServerAdmin: true, roles: {} });
    issuer.claims = { sub: '42', groups: 'app' };
    await signIn();
    expect(await self()).toMatchObject({ isServerAdmin: false, roles: { 'octo/app': 'developer' } });
  });

  test('leaves roles that people gave as they are', async () => {
    issuer.claims = { sub: '42', preferred_username: 'grace', groups: ['app'] };
    await signIn();
    await served.ask('PUT', '/projects/octo/app/members/grace', { role: 'deployer' });
    await signIn();
    expect(await self()).toMatchObject({ roles: { 'octo/app': 'deployer' } });
  });

  test('takes over no user that is here, and lets in nobody who was disabled', async () => {
    await served.ask('POST', '/users', { name: 'ada', isServerAdmin: true });
    issuer.claims = { sub: '1', preferred_username: 'ada' };
    const refused = await signIn();
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('already')]);
    issuer.claims = { sub: '42', preferred_username: 'grace' };
    await signIn();
    await served.ask('PATCH', '/users/grace', { disabled: true });
    expect((await signIn()).status).toBe(401);
    const { body } = await served.ask<{ users: UserAnswer[] }>('GET', '/users');
    expect(body.users).toMatchObject([
      { name: 'ada', signsInBy: 'none' },
      { name: 'grace', disabled: true },
    ]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['of another nonce', { nonce: 'another' }],
    ['for another client', { aud: 'another' }],
    ['of another issuer', { iss: 'https://evil.example' }],
  ])('refuses an ID token %s', async (_, forged) => {
    issuer.claims = { sub: '42', preferred_username: 'grace' };
    issuer.forged = forged;
    expect((await signIn()).status).toBe(401);
    expect(browser.cookies.has('slipway_session')).toBe(false);
    const { body } = await served.ask<{ users: UserAnswer[] }>('GET', '/users');
    expect(body.users).toEqual([]);
  });

  test('refuses an answer that another browser began, has another state, or comes twice', async () => {
    issuer.claims = { sub: '42', preferred_username: 'grace' };
    const other = openBrowser();
    await other.get(`${served.server.url}/sign-in/oidc`);
    let came = '';
    const elsewhere = await signIn(browser, (back) => {
      came = back.href;
      return new URL('/sign-in', back);
    });
    expect(elsewhere.status).toBe(200);
    expect((await other.get(came)).status).toBe(401);
    expect((await openBrowser().get(came)).status).toBe(401);
    const changed = await signIn(browser, (back) => {
      back.searchParams.set('state', 'another');
      return back;
    });
    expect(changed.status).toBe(401);
    const good = await signIn(browser, (back) => {
      came = back.href;
      return back;
    });
    expect(good.status).toBe(303);
    expect((await openBrowser().get(came)).status).toBe(401);
  });

  test('whose provider is away says so', async () => {
    await issuer.close();
    const refused = await browser.get(`${served.server.url}/sign-in/oidc`);
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('does not answer')]);
  });
});
