import { createRoute } from '@hono/zod-openapi';
import {
  addedEvidenceSchema,
  attestationsSchema,
  digestSchema,
  newReleaseSchema,
  releaseSchema,
} from '@slipway/contracts/api/delivery';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import type { Permission } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { allowedProject } from '../../access/project-access.ts';
import { readAttestations } from '../../attestations/attest-release.ts';
import { keepBundle, missingBundles, mostBundleBytes } from '../../delivery/bundles.ts';
import { createRelease } from '../../delivery/create-release.ts';
import {
  type Asker,
  addEvidence,
  findRelease,
  listReleases,
  releaseAnswer,
} from '../../delivery/releases.ts';
import { bundleRulesOf } from '../../projects/bundle-rules.ts';
import { findProject } from '../../projects/find-project.ts';
import { limitBody } from '../limit-body.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const create = createRoute({
  method: 'post',
  path: '/projects/{owner}/{name}/releases',
  summary: 'Report a build as a release',
  request: { params: projectParams, body: body(newReleaseSchema) },
  responses: answers(201, 'The release.', releaseSchema),
});

const list = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/releases',
  summary: 'List releases',
  request: {
    params: projectParams,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
  },
  responses: answers(200, 'The newest first.', z.object({ releases: z.array(releaseSchema) })),
});

const releaseParams = projectParams.extend({ release: z.string().min(1).max(200) });

const show = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/releases/{release}',
  summary: 'Show a release: by id, tag, commit or `latest`',
  request: { params: releaseParams, query: noQuery },
  responses: answers(200, 'The release.', releaseSchema),
});

const evidence = createRoute({
  method: 'post',
  path: '/projects/{owner}/{name}/releases/{release}/evidence',
  summary: 'Add what was found out about a release: tests, scans, SBOM, provenance',
  request: { params: releaseParams, body: body(addedEvidenceSchema) },
  responses: answers(200, 'The release as it is now.', releaseSchema),
});

const attestations = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/releases/{release}/attestations',
  summary: 'Read what the server has signed about a release: SLSA provenance of each component',
  description:
    'Each is an in-toto statement in a DSSE envelope, as a Sigstore bundle. The keys are at `/attestations/jwks`. A release that no job made has none.',
  request: { params: releaseParams, query: noQuery },
  responses: answers(200, 'In the order of the components.', attestationsSchema),
});

const bundleParams = projectParams.extend({ digest: digestSchema });

const findBundle = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/bundles/{digest}',
  summary: 'Ask whether a bundle is kept',
  request: { params: bundleParams, query: noQuery },
  responses: answersNothing('It is.'),
});

const putBundle = createRoute({
  method: 'put',
  path: '/projects/{owner}/{name}/bundles/{digest}',
  summary: 'Upload a bundle, named by the digest of its bytes',
  request: { params: bundleParams },
  responses: answersNothing('It is kept. Bytes of another digest are refused.'),
});

export function addReleaseRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, delivery } = context;
  api.openapi(create, async (c) => {
    const project = await allowed(
      context,
      c.var.principal,
      projectNameOf(c.req.valid('param')),
      'release.write',
    );
    const asker = askerOf(project, c.var);
    const release = await createRelease(delivery, asker, c.req.valid('json'));
    return c.json(releaseAnswer(release), 201);
  });
  api.openapi(list, async (c) => {
    const project = await allowed(context, c.var.principal, projectNameOf(c.req.valid('param')), 'code.read');
    const releases = await listReleases(store, project, c.req.valid('query').limit);
    return c.json({ releases: releases.map(releaseAnswer) }, 200);
  });
  api.openapi(show, async (c) => {
    const { release, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'code.read');
    return c.json(releaseAnswer(await findRelease(store, project, release)), 200);
  });
  api.openapi(attestations, async (c) => {
    const { release: reference, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'code.read');
    const kept = await findRelease(store, project, reference);
    const signed = await readAttestations(store, { project, releaseId: kept.row.id });
    const { tag, commit, components } = releaseAnswer(kept);
    const shown = signed.map(({ component, digest, bundle }) => ({ component, digest, bundle }));
    return c.json({ release: { tag, commit, components }, attestations: shown }, 200);
  });
  api.openapi(evidence, async (c) => {
    const { release: reference, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'release.write');
    const added = c.req.valid('json').evidence;
    const release = await addEvidence(delivery, askerOf(project, c.var), { reference, evidence: added });
    return c.json(releaseAnswer(release), 200);
  });
}

/** Before the limit on bodies: bundles are larger than anything else. */
export function addBundleRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, blobs, now, assertRoom } = context;
  api.openapi(findBundle, async (c) => {
    const { digest, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'code.read');
    const [missing] = await missingBundles(store, project, [digest]);
    if (missing !== undefined) throw new SlipwayError('unknown-bundle');
    return c.body(null, 204);
  });
  api.use('/projects/:owner/:name/bundles/:digest', limitBody(mostBundleBytes));
  api.openapi(putBundle, async (c) => {
    const { digest, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'release.write');
    assertRoom();
    const rules = bundleRulesOf(await findProject(store, project));
    await keepBundle({ store, blobs, now }, { project, digest, body: c.env.incoming }, rules);
    return c.body(null, 204);
  });
}

/** As it is written. @throws SlipwayError `forbidden`, `unknown-project` */
export async function allowed(
  { store }: ApiContext,
  principal: Principal,
  name: string,
  permission: Permission,
): Promise<string> {
  return (await allowedProject({ store, principal, permission }, name)).name;
}

export function askerOf(
  project: string,
  { principal, actor }: { principal: Principal; actor: string },
): Asker {
  if (principal.kind !== 'job') return { project, by: actor, runId: null };
  return { project, by: actor, runId: principal.runId, jobId: principal.jobId };
}
