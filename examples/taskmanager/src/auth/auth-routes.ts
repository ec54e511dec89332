import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppEnv } from '../http/app-env.ts';
import { problem, problemResponses } from '../http/problem.ts';
import { type RateLimiter, rateLimited } from '../http/rate-limit.ts';
import { refuseInvalid } from '../http/refuse-invalid.ts';
import { authenticate, bearerToken } from './authenticate.ts';
import { hashToken, type SessionStore } from './session.ts';
import { signIn } from './sign-in.ts';
import type { UserStore } from './user.ts';

export type AuthServices = {
  users: UserStore;
  sessions: SessionStore;
  sessionTtlMs: number;
  signInLimiter: RateLimiter;
  now: () => Date;
  clientAddress: (context: Context<AppEnv>) => string;
};

export function authRoutes(services: AuthServices): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

  routes.openapi(loginRoute, async (context) => {
    const credentials = context.req.valid('json');
    // Counted by address and account together: one person's typing errors lock out nobody else.
    const verdict = await services.signInLimiter.take(
      `${services.clientAddress(context)}|${credentials.email}`,
    );
    if (verdict.kind === 'limited') return rateLimited(context, verdict.retryAfterMs);

    const result = await signIn(credentials, services);
    if (result.kind === 'refused') return problem(context, 'bad-credentials');
    context.get('log').info({ userId: result.user.id }, 'signed in');
    return context.json(
      {
        token: result.token,
        tokenType: 'Bearer' as const,
        expiresAt: result.expiresAt.toISOString(),
        user: result.user,
      },
      200,
      { 'cache-control': 'no-store' },
    );
  });

  routes.use('/logout', authenticate(services));
  routes.openapi(logoutRoute, async (context) => {
    const token = bearerToken(context);
    if (token) await services.sessions.remove(hashToken(token));
    return context.body(null, 204);
  });

  return routes;
}

export const userBody = z.object({ id: z.uuid(), email: z.email(), name: z.string() }).openapi('User');

const credentialsBody = z
  .strictObject({
    email: z.email('must be an e-mail address').max(254).toLowerCase(),
    // The upper limit bounds the work of hashing, not what a person may choose.
    password: z.string().min(1, 'must not be empty').max(1024, 'must be at most 1024 characters'),
  })
  .openapi('Credentials');

const signedInBody = z
  .object({
    token: z.string(),
    tokenType: z.literal('Bearer'),
    expiresAt: z.iso.datetime(),
    user: userBody,
  })
  .openapi('SignedIn');

const loginRoute = createRoute({
  method: 'post',
  path: '/login',
  tags: ['auth'],
  summary: 'Exchange an e-mail address and a password for a session token',
  request: { body: { required: true, content: { 'application/json': { schema: credentialsBody } } } },
  responses: {
    200: { description: 'Signed in', content: { 'application/json': { schema: signedInBody } } },
    ...problemResponses('malformed-json', 'bad-credentials', 'invalid-request', 'rate-limited'),
  },
});

const logoutRoute = createRoute({
  method: 'post',
  path: '/logout',
  tags: ['auth'],
  summary: 'End this session: its token stops working at once',
  security: [{ session: [] }],
  responses: { 204: { description: 'Signed out' }, ...problemResponses('unauthenticated') },
});
