import { rm } from 'node:fs/promises';
import { sizeText } from '@slipway/contracts/size-text';
import { z } from 'zod';
import {
  type Artifact,
  addArtifact,
  assertArtifactCanBeMade,
  deleteArtifacts,
  listArtifacts,
} from '../artifacts/artifact-service.ts';
import { usageOf } from '../quotas/usage.ts';
import type { JobScope } from './job-scope.ts';
import type { ResultsCall } from './results-context.ts';
import { ResultsError } from './results-error.ts';
import { int64, optionalText, type Rpc, rpc, timestamp } from './twirp.ts';

/** Every request names the run it is about; a job sees its own run only. */
const ofRun = { workflow_run_backend_id: z.string(), workflow_job_run_backend_id: z.string() };

/** `github.actions.results.api.v1.ArtifactService`, as @actions/artifact 2 to 6 call it. */
export const artifactRpcs: Record<string, Rpc<ResultsCall>> = {
  CreateArtifact: rpc(
    z.object({
      ...ofRun,
      name: z.string(),
      expires_at: timestamp.nullish(),
      version: z.number(),
      mime_type: optionalText,
    }),
    async (call, request) => {
      assertOwnRun(call, request);
      const { scope, artifactLimits: limits, now } = call;
      await assertArtifactCanBeMade(call, { scope, name: request.name, limits });
      await assertArtifactFits(call, 0);
      const wished = request.expires_at ?? now() + limits.retentionMs;
      const pending = await call.uploads.begin(
        {
          purpose: purposeOf(scope, request.name),
          mimeType: request.mime_type ?? 'application/zip',
          expiresAt: Math.min(wished, now() + limits.maxRetentionMs),
        },
        { maxSizeBytes: call.maxUploadBytes, replace: true },
      );
      return { ok: true, signed_upload_url: call.signedUrl(`/uploads/${pending.id}`) };
    },
  ),

  FinalizeArtifact: rpc(
    z.object({ ...ofRun, name: z.string(), size: int64, hash: optionalText }),
    async (call, request) => {
      assertOwnRun(call, request);
      const pending = await call.uploads.of(purposeOf(call.scope, request.name));
      const file = await call.uploads.take(pending, request.size);
      await assertArtifactFits(call, request.size).catch(async (error: unknown) => {
        await rm(file, { force: true });
        throw error;
      });
      const { mimeType, expiresAt } = pending;
      const artifact = await addArtifact(call, {
        scope: call.scope,
        name: request.name,
        mimeType,
        file,
        expiresAt,
        ...(request.hash ? { expectedDigest: request.hash } : {}),
      });
      return { ok: true, artifact_id: String(artifact.id) };
    },
  ),

  ListArtifacts: rpc(
    z.object({ ...ofRun, name_filter: optionalText, id_filter: int64.nullish() }),
    async (call, request) => {
      assertOwnRun(call, request);
      const artifacts = await listArtifacts(call, {
        runId: call.scope.runId,
        ...(request.name_filter ? { name: request.name_filter } : {}),
        ...(request.id_filter ? { id: request.id_filter } : {}),
      });
      return { artifacts: artifacts.map((artifact) => describe(artifact, request)) };
    },
  ),

  GetSignedArtifactURL: rpc(z.object({ ...ofRun, name: z.string() }), async (call, request) => {
    const artifact = await ownArtifact(call, request);
    return { signed_url: call.signedUrl(`/artifacts/${artifact.id}`) };
  }),

  DeleteArtifact: rpc(z.object({ ...ofRun, name: z.string() }), async (call, request) => {
    const artifact = await ownArtifact(call, request);
    await deleteArtifacts(call, [artifact.id]);
    return { ok: true, artifact_id: String(artifact.id) };
  }),
};

/** @throws ResultsError resource_exhausted */
async function assertArtifactFits({ store, scope, quotasOf }: ResultsCall, sizeBytes: number): Promise<void> {
  const { artifacts: quotaBytes } = (await quotasOf?.(scope.repository)) ?? { artifacts: null };
  if (quotaBytes === null) return;
  const { artifacts: usedBytes } = await usageOf(store, scope.repository);
  if (usedBytes + sizeBytes <= quotaBytes && usedBytes < quotaBytes) return;
  throw new ResultsError(
    'resource_exhausted',
    `the artifacts of ${scope.repository} take ${sizeText(usedBytes)} of the ${sizeText(quotaBytes)} of its quota, and this one ${sizeText(sizeBytes)}: delete some, keep them for fewer days, or raise the quota`,
  );
}

async function ownArtifact(
  call: ResultsCall,
  request: { name: string; workflow_run_backend_id: string },
): Promise<Artifact> {
  assertOwnRun(call, request);
  const [artifact] = await listArtifacts(call, { runId: call.scope.runId, name: request.name });
  if (artifact === undefined)
    throw new ResultsError('not_found', `the run has no artifact '${request.name}'`);
  return artifact;
}

function assertOwnRun({ scope }: ResultsCall, request: { workflow_run_backend_id: string }): void {
  if (request.workflow_run_backend_id !== scope.runId) {
    throw new ResultsError('permission_denied', 'the job token is of another run');
  }
}

function purposeOf(scope: JobScope, name: string): string {
  return `artifact ${scope.runId} ${name}`;
}

function describe(
  artifact: Artifact,
  request: { workflow_run_backend_id: string; workflow_job_run_backend_id: string },
): Record<string, unknown> {
  return {
    workflow_run_backend_id: request.workflow_run_backend_id,
    workflow_job_run_backend_id: request.workflow_job_run_backend_id,
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(artifact.sizeBytes),
    created_at: new Date(artifact.createdAt).toISOString(),
    digest: artifact.digest,
  };
}
