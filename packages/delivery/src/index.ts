export type * from './diagnostic.ts';
export {
  assessRelease,
  type ReleaseAssessment,
  type ReleaseClaim,
  type ReleaseFinding,
  type ReleaseFindingCode,
} from './release/assess-release.ts';
export {
  type Artifact,
  type ArtifactReading,
  type Digest,
  formatArtifact,
  isDigest,
  readArtifact,
} from './release/digest.ts';
export { type Evidence, type Severity, severities } from './release/evidence.ts';
export { type Release, runsTheSame } from './release/release.ts';
export { versionTag } from './release/version-tag.ts';
