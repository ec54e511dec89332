import { createRoute } from '@hono/zod-openapi';
import {
  madeTokenSchema,
  passwordChangeSchema,
  selfSchema,
  sessionSchema,
  signInSchema,
  tokenSignInSchema,
} from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import { setCookie } from 'hono/cookie';
import { makeToken } from '../../access/api-tokens.ts';
import { recordAudit } from '../../access/audit.ts';
import { addressOf, assertSameOrigin } from '../../access/identify.ts';
import { nameOf } from '../../access/permission.ts';
import { changePassword } from '../../identity/change-password.ts';
import { createSession, csrfTokenOf, endSession, findSession } from '../../identity/sessions.ts';
import { signInByPassword } from '../../identity/sign-in.ts';
import { callerOf } from '../identify-caller.ts';
import { limitBody } from '../limit-body.ts';
import { sessionCookie } from '../session-cookie.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body, noQuery } from './describe-route.ts';

const signIn = createRoute({
  method: 'post',
  path: '/session',
  summary: 'Sign a browser in; needs no token',
  security: [],
  request: { body: body(signInSchema) },
  responses: answers(201, 'The session; its cookie comes with it.', sessionSchema),
});

const signInForToken = createRoute({
  method: 'post',
  path: '/session/token',
  summary: 'Get a token for name and password; needs no token',
  security: [],
  request: { body: body(tokenSignInSchema) },
  responses: answers(201, 'The token, shown this once.', madeTokenSchema),
});

const showSession = createRoute({
  method: 'get',
  path: '/session',
  summary: 'Show the session of the browser with what its requests need',
  request: { query: noQuery },
  responses: answers(200, 'The session.', sessionSchema),
});

const signOut = createRoute({
  method: 'delete',
  path: '/session',
  summary: 'Sign the browser out',
  responses: answersNothing('It is signed out.'),
});

const self = createRoute({
  method: 'get',
  path: '/user',
  summary: 'Show who asks',
  request: { query: noQuery },
  responses: answers(200, 'As the server sees it.', selfSchema),
});

const ownPassword = createRoute({
  method: 'post',
  path: '/user/password',
  summary: 'Choose another password; sessions besides this one end',
  request: { body: body(passwordChangeSchema) },
  responses: answersNothing('It is changed.'),
});

const mostSignInBytes = 4 * 1024;
const dayMs = 24 * 60 * 60_000;

/** Routes by which somebody becomes known; they are open to everybody. */
export function addSignInRoutes(api: ApiRouter, { identification: by }: ApiContext): void {
  const { store, key, now } = by;
  api.post('/session', limitBody(mostSignInBytes));
  api.post('/session/token', limitBody(mostSignInBytes));
  api.openapi(signIn, async (c) => {
    const caller = callerOf(c);
    assertSameOrigin(by, caller);
    const user = await signInByPassword(by, { ...c.req.valid('json'), address: addressOf(by, caller) });
    const { secret, expiresAt } = await createSession({ store, now: now() }, user);
    const { name, options } = sessionCookie(by.publicUrl, { expiresAt, now: now() });
    setCookie(c, name, secret, options);
    return c.json({ user, csrfToken: csrfTokenOf(secret, key), expiresAt }, 201);
  });
  api.openapi(signInForToken, async (c) => {
    const { name, expiresInDays, ...given } = c.req.valid('json');
    const owner = await signInByPassword(by, { ...given, address: addressOf(by, callerOf(c)) });
    const at = now();
    const token = await makeToken(
      { store, now: at },
      { kind: 'person', name, owner, scopes: null, project: null, expiresAt: at + expiresInDays * dayMs },
    );
    const subject = `token ${token.id} ${name} of ${owner}`;
    await recordAudit(store, {
      at,
      actor: owner,
      action: 'token.made',
      project: null,
      subject,
      outcome: 'done',
    });
    return c.json(token, 201);
  });
}

/** What somebody who is known may know of itself. */
export function addSessionRoutes(api: ApiRouter, { identification: by }: ApiContext): void {
  const { store, key, now } = by;
  api.openapi(self, (c) => {
    const { principal } = c.var;
    const isPerson = principal.kind === 'person';
    return c.json(
      {
        kind: principal.kind,
        name: nameOf(principal),
        isServerAdmin: isPerson && principal.isServerAdmin,
        roles: isPerson ? { ...principal.roles } : {},
        scopes: isPerson && principal.scopes !== null ? [...principal.scopes] : null,
      },
      200,
    );
  });
  api.openapi(ownPassword, async (c) => {
    const { principal, credentials } = c.var;
    // Who has a part of what somebody may does not get the rest by it.
    if (principal.kind !== 'person' || principal.scopes !== null) throw new SlipwayError('forbidden');
    await changePassword(by, {
      ...c.req.valid('json'),
      user: principal.name,
      address: addressOf(by, callerOf(c)),
      session: credentials.kind === 'session' ? credentials.secret : null,
    });
    return c.body(null, 204);
  });
  api.openapi(showSession, async (c) => {
    const { credentials } = c.var;
    if (credentials.kind !== 'session') throw new SlipwayError('forbidden');
    const session = await findSession({ store, now: now() }, credentials.secret);
    if (session === null) throw new SlipwayError('unauthorized');
    return c.json({ ...session, csrfToken: csrfTokenOf(credentials.secret, key) }, 200);
  });
  api.openapi(signOut, async (c) => {
    const { credentials } = c.var;
    if (credentials.kind !== 'session') throw new SlipwayError('forbidden');
    await endSession(store, credentials.secret);
    const { name, options } = sessionCookie(by.publicUrl, { expiresAt: now(), now: now() });
    setCookie(c, name, '', options);
    return c.body(null, 204);
  });
}
