import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { identifyCaller } from '../http/identify-caller.ts';
import { limitBody } from '../http/limit-body.ts';
import { forwardToGithub, OnGithub } from './forward-to-github.ts';
import type { GithubContext, GithubEnv, GithubRouter } from './github-context.ts';
import { answerGithubError, GithubError } from './github-error.ts';
import { addArtifactRoutes } from './routes/artifact-routes.ts';
import { addAssetRoutes, addDownloadRoutes, addUploadRoutes } from './routes/asset-routes.ts';
import { addAttestationRoutes } from './routes/attestation-routes.ts';
import { addCacheRoutes } from './routes/cache-routes.ts';
import { addCheckRoutes } from './routes/check-routes.ts';
import { addCodeScanningRoutes } from './routes/code-scanning-routes.ts';
import { addCollaboratorRoutes } from './routes/collaborator-routes.ts';
import { addCommentRoutes } from './routes/comment-routes.ts';
import { addCommitRoutes } from './routes/commit-routes.ts';
import { addContentRoutes } from './routes/content-routes.ts';
import { addDeploymentRoutes } from './routes/deployment-routes.ts';
import { addEnvironmentRoutes } from './routes/environment-routes.ts';
import { addGitObjectRoutes } from './routes/git-object-routes.ts';
import { addGitRefRoutes } from './routes/git-ref-routes.ts';
import { addGraphqlRoute } from './routes/graphql-route.ts';
import { addLogRoutes } from './routes/log-routes.ts';
import { addMetaRoutes, rootShape } from './routes/meta-routes.ts';
import { addPullRoutes } from './routes/pull-routes.ts';
import { addReleaseRoutes } from './routes/release-routes.ts';
import { addRepositoryRoutes } from './routes/repository-routes.ts';
import { addReviewRoutes } from './routes/review-routes.ts';
import { addRunRoutes } from './routes/run-routes.ts';
import { addStatusRoutes } from './routes/status-routes.ts';
import { addWorkflowRoutes } from './routes/workflow-routes.ts';

/** A file of a tree or a SARIF file is in the body; GitHub takes up to 100 MB. */
const mostBodyBytes = 100 * 1024 ** 2;

/**
 * The part of GitHub's API that common actions, octokit and gh call: `/api/v3`, `/api/uploads` and `/api/graphql`, as GitHub Enterprise has
 * them, and the links to files of releases.
 * @param explain gives what is to be answered instead of an error, and hears so of the server's own mistakes
 */
export function githubApiApp(
  context: GithubContext,
  explain: (error: unknown, c: Context) => unknown,
): Hono<{ Bindings: HttpBindings }> {
  const app: GithubRouter = new Hono<GithubEnv>();
  const identify = identifyCaller(context.identification) as unknown as MiddlewareHandler<GithubEnv>;
  app.onError(async (error, c) => {
    if (error instanceof OnGithub) {
      return forwardToGithub(context, { c, project: error.project }).catch((cause) =>
        answerGithubError(explain(cause, c), c),
      );
    }
    return answerGithubError(explain(error, c), c);
  });
  for (const path of [
    '/api/v3',
    '/api/v3/*',
    '/api/uploads/*',
    '/api/graphql',
    '/:owner/:repo/releases/download/*',
  ]) {
    app.use(path, identify);
  }
  app.use('/api/v3/*', limitBody(mostBodyBytes));
  app.route('/api/v3', routesOf(context));
  // gh asks the root with a slash at its end.
  app.get('/api/v3/', (c) => c.json(rootShape(`${context.publicUrl}/api/v3`)));
  const uploads: GithubRouter = new Hono<GithubEnv>();
  addUploadRoutes(uploads, context);
  app.route('/api/uploads', uploads);
  addGraphqlRoute(app, context);
  addDownloadRoutes(app, context);
  app.all('/api/v3/*', (c) => {
    throw new GithubError(404, `Not Found: Slipway does not serve ${c.req.method} ${c.req.path}.`);
  });
  app.all('/api/uploads/*', (c) => {
    throw new GithubError(404, `Not Found: Slipway does not serve ${c.req.method} ${c.req.path}.`);
  });
  return app as unknown as Hono<{ Bindings: HttpBindings }>;
}

function routesOf(context: GithubContext): GithubRouter {
  const api: GithubRouter = new Hono<GithubEnv>();
  addMetaRoutes(api, context);
  addStatusRoutes(api, context);
  addCheckRoutes(api, context);
  addDeploymentRoutes(api, context);
  addReleaseRoutes(api, context);
  addAssetRoutes(api, context);
  addCommentRoutes(api, context);
  addPullRoutes(api, context);
  addReviewRoutes(api, context);
  addRunRoutes(api, context);
  addEnvironmentRoutes(api, context);
  addLogRoutes(api, context);
  addArtifactRoutes(api, context);
  addWorkflowRoutes(api, context);
  addCacheRoutes(api, context);
  addCodeScanningRoutes(api, context);
  addAttestationRoutes(api, context);
  addContentRoutes(api, context);
  addGitRefRoutes(api, context);
  addGitObjectRoutes(api, context);
  addRepositoryRoutes(api, context);
  addCollaboratorRoutes(api, context);
  // Last: names of commits may hold slashes, and the routes above begin like it.
  addCommitRoutes(api, context);
  return api;
}
