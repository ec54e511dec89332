import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../http/app-env.ts';
import { problemResponses } from '../http/problem.ts';
import { userBody } from './auth-routes.ts';
import type { UserStore } from './user.ts';

export function userRoutes({ users }: { users: UserStore }): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  routes.openapi(listRoute, async (context) => context.json({ items: await users.list() }, 200));
  return routes;
}

const listRoute = createRoute({
  method: 'get',
  path: '/',
  tags: ['users'],
  summary: 'Everybody whom a task can be assigned to',
  security: [{ session: [] }],
  responses: {
    200: {
      description: 'By name',
      content: { 'application/json': { schema: z.object({ items: z.array(userBody) }) } },
    },
    ...problemResponses('unauthenticated'),
  },
});
