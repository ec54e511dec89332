/** `sha256:` and 64 lower-case hexadecimal digits: names content, so it can't come to mean other content. */
export type Digest = `sha256:${string}`;

/**
 * What a component of a release is: content by its digest, with the repository that holds it.
 * Without `repository` it is a bundle in Slipway's own store.
 */
export interface Artifact {
  repository?: string;
  digest: Digest;
}

/** How a reference to an artifact reads; `mutable` names (tags, `latest`) are told apart from nonsense. */
export type ArtifactReading =
  | { kind: 'artifact'; artifact: Artifact }
  | { kind: 'mutable'; reference: string }
  | { kind: 'invalid'; reference: string };

/** Reads `sha256:…` and `repository@sha256:…`; a tag beside a digest (`repository:tag@sha256:…`) says nothing and is dropped. */
export function readArtifact(reference: string): ArtifactReading {
  const [name = '', digest, ...rest] = reference.startsWith('sha256:')
    ? ['', reference]
    : reference.split('@');
  if (digest === undefined) {
    return repositoryName.test(name) ? { kind: 'mutable', reference } : { kind: 'invalid', reference };
  }
  if (rest.length > 0 || !isDigest(digest)) return { kind: 'invalid', reference };
  if (name === '') return { kind: 'artifact', artifact: { digest } };
  if (!repositoryName.test(name)) return { kind: 'invalid', reference };
  return { kind: 'artifact', artifact: { repository: withoutTag(name), digest } };
}

export function formatArtifact({ repository, digest }: Artifact): string {
  return repository === undefined ? digest : `${repository}@${digest}`;
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

const repositoryName =
  /^[a-z0-9][a-z0-9._-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*(?::[A-Za-z0-9_][\w.-]{0,127})?$/i;

/** The colon of a port comes before a slash, that of a tag after the last one. */
function withoutTag(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
