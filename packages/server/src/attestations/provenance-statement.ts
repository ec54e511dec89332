import type { ProvenanceStatement } from '@slipway/contracts/attestation';
import type { JobStatement } from '@slipway/delivery';

export interface BuiltComponent {
  /** Where people reach the server: it is the builder. */
  publicUrl: string;
  /** `owner/name`. */
  project: string;
  /** The job that released it, as the server knows it. */
  job: JobStatement;
  component: string;
  /** `repository@sha256:…` or `sha256:…`. */
  reference: string;
  release: { tag: string; commit: string; createdAtMs: number };
}

/**
 * SLSA provenance of one component, in the form that GitHub's have: which workflow of which commit made it, in which run. Pure.
 * @see https://slsa.dev/spec/v1.0/provenance
 * @see https://actions.github.io/buildtypes/workflow/v1
 */
export function provenanceOf({
  publicUrl,
  project,
  job,
  component,
  reference,
  release,
}: BuiltComponent): ProvenanceStatement {
  const repository = `${publicUrl}/${project}`;
  const [name = '', sha256 = ''] = reference.split('sha256:');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: name === '' ? component : name.replace(/@$/, ''), digest: { sha256 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: { workflow: { ref: job.ref, repository, path: job.workflow } },
        internalParameters: { slipway: { release: release.tag, component, job: job.job } },
        resolvedDependencies: [
          { uri: `git+${repository}@${job.ref}`, digest: { gitCommit: release.commit } },
        ],
      },
      runDetails: {
        builder: { id: publicUrl },
        metadata: {
          invocationId: `${repository}/actions/runs/${job.runId}/attempts/${job.attempt}`,
          finishedOn: new Date(release.createdAtMs).toISOString(),
        },
      },
    },
  };
}
