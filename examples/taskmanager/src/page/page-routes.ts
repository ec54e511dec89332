import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from '../http/app-env.ts';

/** The web page: the files of `public/`, which talk to the API like any other client. */
export function pageRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get('/', page, fresh, files);
  for (const file of ['app.js', 'api.js', 'view.js', 'style.css']) routes.get(`/${file}`, page, fresh, files);
  return routes;
}

const files = serveStatic<AppEnv>({ root: join(import.meta.dirname, '../../public') });

/** Checked again each time: a page must fit the API of the release that serves it. */
const fresh = createMiddleware<AppEnv>(async (context, next) => {
  await next();
  context.header('cache-control', 'no-cache');
});

/** Nothing from elsewhere, no script in the markup, no framing. */
const page = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ['data:'],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
