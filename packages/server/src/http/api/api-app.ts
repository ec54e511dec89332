import { OpenAPIHono } from '@hono/zod-openapi';
import { SlipwayError } from '@slipway/contracts/errors';
import { answerError } from '../answer-error.ts';
import { identifyCaller } from '../identify-caller.ts';
import { limitBody } from '../limit-body.ts';
import { addAlertRoutes } from './alert-routes.ts';
import type { ApiContext, ApiEnv, ApiRouter } from './api-context.ts';
import { addApprovalRoutes } from './approval-routes.ts';
import { addAuditRoutes, noteRefusals } from './audit-routes.ts';
import { addDeploymentEventRoutes } from './deployment-event-routes.ts';
import { addDeploymentRoutes } from './deployment-routes.ts';
import { addEnvironmentRoutes } from './environment-routes.ts';
import { addEventRoutes } from './event-routes.ts';
import { addJobRoutes } from './job-routes.ts';
import { addOidcRoutes } from './oidc-routes.ts';
import { addOperationRoutes } from './operation-routes.ts';
import { addProjectRoutes } from './project-routes.ts';
import { addProtectionRoutes } from './protection-routes.ts';
import { addPullRequestRoutes } from './pull-request-routes.ts';
import { addBundleRoutes, addReleaseRoutes } from './release-routes.ts';
import { addRunRoutes } from './run-routes.ts';
import { addSecretRoutes } from './secret-routes.ts';
import { addSessionRoutes, addSignInRoutes } from './session-routes.ts';
import { addStreamRoutes } from './stream-routes.ts';
import { addTokenRoutes } from './token-routes.ts';
import { addUsageRoutes } from './usage-routes.ts';
import { addMemberRoutes, addUserRoutes } from './user-routes.ts';

const mostBodyBytes = 1024 * 1024;

/** The REST interface, to be mounted at `/api/v1`. Everything but its description wants a token. */
export function apiApp(context: ApiContext, version: string): ApiRouter {
  const api = new OpenAPIHono<ApiEnv>({
    // Thrown, so that every mistake in a request is answered in one place.
    defaultHook(result) {
      if (!result.success) throw result.error;
    },
  });
  api.onError(answerError);
  api.notFound((c) => {
    throw new SlipwayError('unknown-route', { message: `There is no ${c.req.method} ${c.req.path}.` });
  });
  let description: object | undefined;
  api.get('/openapi.json', (c) => {
    description ??= api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Slipway', version, description: 'Runs, projects, events and runners of a server.' },
      servers: [{ url: '/api/v1' }],
      security: [{ token: [] }],
    });
    return c.json(description);
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  addSignInRoutes(api, context);
  api.use(identifyCaller(context.identification));
  api.use(noteRefusals(context));
  addBundleRoutes(api, context);
  api.use(limitBody(mostBodyBytes));
  addSessionRoutes(api, context);
  addUserRoutes(api, context);
  addMemberRoutes(api, context);
  addTokenRoutes(api, context);
  addAuditRoutes(api, context);
  addProjectRoutes(api, context);
  addEventRoutes(api, context);
  addPullRequestRoutes(api, context);
  addProtectionRoutes(api, context);
  addRunRoutes(api, context);
  addReleaseRoutes(api, context);
  addDeploymentRoutes(api, context);
  addDeploymentEventRoutes(api, context);
  addAlertRoutes(api, context);
  addJobRoutes(api, context);
  addStreamRoutes(api, context);
  addOperationRoutes(api, context);
  addUsageRoutes(api, context);
  addOidcRoutes(api, context);
  addSecretRoutes(api, context);
  addEnvironmentRoutes(api, context);
  addApprovalRoutes(api, context);
  return api;
}
