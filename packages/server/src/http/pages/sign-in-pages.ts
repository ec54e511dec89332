import type { HttpBindings } from '@hono/node-server';
import { SlipwayError } from '@slipway/contracts/errors';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { sessionCookieName } from '../../access/credentials.ts';
import { addressOf, assertSameOrigin, type Identification } from '../../access/identify.ts';
import { type LinkPurpose, readLink } from '../../identity/links.ts';
import { type OidcLogin, oidcLoginSeconds } from '../../identity/oidc-login.ts';
import { takeOidcUser } from '../../identity/oidc-user.ts';
import { createSession, csrfTokenOf, endSession, findSession, isCsrfToken } from '../../identity/sessions.ts';
import { noteSignIn, signInByLink, signInByPassword } from '../../identity/sign-in.ts';
import { asSlipwayError } from '../answer-error.ts';
import { callerOf } from '../identify-caller.ts';
import { limitBody } from '../limit-body.ts';
import { sessionCookie } from '../session-cookie.ts';
import { page } from './page.ts';

type Pages = Hono<{ Bindings: HttpBindings }>;

export const oidcCallbackPath = '/sign-in/oidc/callback';
const oidcCookie = 'slipway_oidc';
const mostFormBytes = 4 * 1024;

/** What a browser needs to sign in: pages that work without scripts. */
export function signInPages(by: Identification, oidc: OidcLogin | null): Pages {
  const app: Pages = new Hono();
  app.use('/sign-in', limitBody(mostFormBytes));
  app.use('/link/*', limitBody(mostFormBytes));
  app.get('/sign-in', async (c) => {
    const secret = getCookie(c, sessionCookieName(by.publicUrl)) ?? '';
    const session = await findSession({ store: by.store, now: by.now() }, secret);
    if (session === null) return signInPage(c, oidc);
    return signedInPage(c, session.user, csrfTokenOf(secret, by.key));
  });
  app.post('/sign-in', async (c) => {
    try {
      assertSameOrigin(by, callerOf(c));
      const { user, password } = await readForm(c);
      await enter(c, by, await signInByPassword(by, { user, password, address: addressOf(by, callerOf(c)) }));
      return c.redirect('/sign-in', 303);
    } catch (error) {
      return signInPage(c, oidc, knownProblem(c, error));
    }
  });
  app.post('/sign-out', limitBody(mostFormBytes), async (c) => {
    const secret = getCookie(c, sessionCookieName(by.publicUrl)) ?? '';
    assertSameOrigin(by, callerOf(c));
    if (!isCsrfToken((await readForm(c)).csrf, secret, by.key)) throw new SlipwayError('cross-site');
    await endSession(by.store, secret);
    const { name, options } = sessionCookie(by.publicUrl, { expiresAt: 0, now: 0 });
    deleteCookie(c, name, options);
    return c.redirect('/sign-in', 303);
  });
  addLinkPages(app, by);
  if (oidc !== null) addOidcPages(app, by, oidc);
  return app;
}

function addLinkPages(app: Pages, by: Identification): void {
  app.get('/link/:secret', async (c) => {
    try {
      const purpose = await readLink({ store: by.store, now: by.now() }, c.req.param('secret'));
      return linkPage(c, purpose);
    } catch (error) {
      const { problem, status } = knownProblem(c, error);
      return page(c, {
        title: 'This link is void',
        problem,
        status,
        content: html`<p>Ask for another one.</p>`,
      });
    }
  });
  app.post('/link/:secret', async (c) => {
    const secret = c.req.param('secret');
    const address = addressOf(by, callerOf(c));
    try {
      assertSameOrigin(by, callerOf(c));
      const { user, password } = await readForm(c);
      await enter(c, by, await signInByLink(by, { secret, user, password, address }));
      return c.redirect('/sign-in', 303);
    } catch (error) {
      const problem = knownProblem(c, error);
      const purpose = await readLink({ store: by.store, now: by.now() }, secret).catch(() => null);
      if (purpose !== null) return linkPage(c, purpose, problem);
      return page(c, { title: 'This link is void', ...problem, content: html`<p>Ask for another one.</p>` });
    }
  });
}

function addOidcPages(app: Pages, by: Identification, oidc: OidcLogin): void {
  // Lax: the browser comes back from another site.
  const options = {
    path: oidcCallbackPath,
    httpOnly: true,
    sameSite: 'Lax',
    secure: by.publicUrl.startsWith('https:'),
    maxAge: oidcLoginSeconds,
  } as const;
  app.get('/sign-in/oidc', async (c) => {
    try {
      const { url, kept } = await oidc.begin();
      setCookie(c, oidcCookie, kept, options);
      return c.redirect(url.href, 302);
    } catch (error) {
      return signInPage(c, oidc, knownProblem(c, error));
    }
  });
  app.get(oidcCallbackPath, async (c) => {
    const kept = getCookie(c, oidcCookie);
    deleteCookie(c, oidcCookie, { path: oidcCallbackPath });
    try {
      const claims = await oidc.finish(new URL(c.req.url), kept);
      const user = await takeOidcUser({ store: by.store, now: by.now() }, oidc.settings, claims);
      await noteSignIn(by, { how: 'oidc', user, address: addressOf(by, callerOf(c)), outcome: 'done' });
      await enter(c, by, user);
      return c.redirect('/sign-in', 303);
    } catch (error) {
      const address = addressOf(by, callerOf(c));
      await noteSignIn(by, { how: 'oidc', user: '', address, outcome: 'refused' });
      return signInPage(c, oidc, knownProblem(c, error));
    }
  });
}

async function enter(c: Context, by: Identification, user: string): Promise<void> {
  const now = by.now();
  const { secret, expiresAt } = await createSession({ store: by.store, now }, user);
  const { name, options } = sessionCookie(by.publicUrl, { expiresAt, now });
  setCookie(c, name, secret, options);
}

async function readForm(c: Context): Promise<{ user: string; password: string; csrf: string }> {
  const form = await c.req.parseBody();
  const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
  return { user: text('user').trim(), password: text('password'), csrf: text('csrf') };
}

interface Problem {
  problem: string;
  status: 400 | 401 | 403 | 409 | 410 | 429;
}

/** What people are told on the page; the server's own mistakes go on as such. */
function knownProblem(c: Context, error: unknown): Problem {
  const { code, status, message, retryAfterSeconds } = asSlipwayError(error);
  if (code === 'internal') throw error;
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  return { problem: message, status: status as Problem['status'] };
}

function signInPage(c: Context, oidc: OidcLogin | null, problem?: Problem): Promise<Response> {
  const elsewhere =
    oidc === null
      ? ''
      : html`<a class="button" href="/sign-in/oidc">Sign in at ${new URL(oidc.settings.issuer).host}</a>`;
  const content = html`<form method="post" action="/sign-in">
<label>Name <input name="user" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>${elsewhere}`;
  return page(c, { title: 'Sign in', content, ...problem });
}

function signedInPage(c: Context, user: string, csrf: string): Promise<Response> {
  const content = html`<p>You are <strong>${user}</strong>.</p>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}"><button>Sign out</button></form>`;
  return page(c, { title: 'Signed in', content });
}

function linkPage(c: Context, purpose: LinkPurpose, problem?: Problem): Promise<Response> {
  const isFirst = purpose.kind === 'first-admin';
  const name = isFirst
    ? html`<label>Name <input name="user" autocomplete="username" required autofocus></label>`
    : html`<label>Name <input name="user" value="${purpose.user}" autocomplete="username" readonly></label>`;
  const content = html`<form method="post">${name}
<label>Password, at least 12 characters
<input name="password" type="password" minlength="12" autocomplete="new-password" required></label>
<button>${isFirst ? 'Become the first admin' : 'Choose this password'}</button></form>`;
  return page(c, { title: isFirst ? 'Set up this server' : 'Choose a password', content, ...problem });
}
