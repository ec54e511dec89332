import type { AttestationBundle } from '@slipway/contracts/attestation';
import { type Artifact, formatArtifact, type JobStatement } from '@slipway/delivery';
import type { Store } from '../store/open-store.ts';
import type { AttestationKey, AttestationKeys } from './attestation-keys.ts';
import { provenanceOf } from './provenance-statement.ts';
import { signStatement } from './sign-statement.ts';

/** Signs what the server says of releases. */
export interface Attestor {
  keys: AttestationKeys;
  /** Where people reach the server. */
  publicUrl: string;
}

export interface AttestedRelease {
  id: number;
  project: string;
  tag: string;
  commit: string;
  createdAtMs: number;
  components: Record<string, Artifact>;
}

/** Signs for each component which job released it. In the transaction that makes the release. */
export async function attestRelease(
  store: Store,
  { publicUrl, key }: { publicUrl: string; key: AttestationKey },
  { release, job }: { release: AttestedRelease; job: JobStatement },
): Promise<void> {
  const { id, project, createdAtMs, components } = release;
  for (const [component, artifact] of Object.entries(components)) {
    const reference = formatArtifact(artifact);
    const statement = provenanceOf({ publicUrl, project, job, component, reference, release });
    await store
      .insertInto('attestation')
      .values({
        project,
        release_id: id,
        component,
        digest: artifact.digest,
        bundle: JSON.stringify(signStatement(statement, key)),
        created_at: createdAtMs,
      })
      .execute();
  }
}

export interface Attestation {
  id: number;
  component: string;
  digest: string;
  bundle: AttestationBundle;
}

/** Of a release in the order of its components, or of a digest whichever release it is in, the newest first. */
export async function readAttestations(
  store: Store,
  { project, releaseId, digest }: { project: string; releaseId?: number; digest?: string },
): Promise<Attestation[]> {
  let query = store
    .selectFrom('attestation')
    .select(['id', 'component', 'digest', 'bundle'])
    .where('project', '=', project);
  if (releaseId !== undefined) query = query.where('release_id', '=', releaseId).orderBy('id');
  if (digest !== undefined) query = query.where('digest', '=', digest).orderBy('id', 'desc');
  const rows = await query.limit(500).execute();
  return rows.map((row) => ({ ...row, bundle: JSON.parse(row.bundle) as AttestationBundle }));
}
