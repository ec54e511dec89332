/** An image's name taken apart, e.g. `docker.io/library/postgres:15-alpine@sha256:…`. */
export interface ImageReference {
  /** As written. */
  text: string;
  /** Registry host with port; absent for Docker Hub's short form. */
  registry?: string;
  /** Path without registry, e.g. `library/postgres`, `postgis/postgis`, `postgres`. */
  path: string;
  /** Default `latest`, as docker assumes. */
  tag: string;
}

/**
 * Takes an image reference apart by docker's rule: the first component is a registry if it has a dot or a colon or is `localhost`.
 * @see https://github.com/distribution/reference
 */
export function parseImageReference(text: string): ImageReference {
  const withoutDigest = text.split('@', 1)[0]!;
  const lastSlash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', lastSlash + 1);
  const name = colon === -1 ? withoutDigest : withoutDigest.slice(0, colon);
  const tag = colon === -1 ? 'latest' : withoutDigest.slice(colon + 1);
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  if (first.includes('.') || first.includes(':') || first === 'localhost') {
    return { text, registry: first, path: name.slice(slash + 1), tag };
  }
  return { text, path: name, tag };
}

/**
 * The short name of one of Docker's official images (`postgres`), also through a mirror that keeps its path
 * (`public.ecr.aws/docker/library/postgres`); null for images of anybody else, whose content only docker can give.
 */
export function officialName(image: ImageReference): string | null {
  const parts = image.path.split('/');
  const name = parts.at(-1)!;
  if (parts.length === 1 || parts.at(-2) === 'library') return name;
  return null;
}

/** The version that a tag names, `15` of `15.3-alpine`; null if it names none (`latest`, `alpine`). */
export function majorOfTag(tag: string): number | null {
  const digits = /^(?:v|pg)?(\d+)(?:\.\d+)*(?:$|-)/.exec(tag)?.[1];
  return digits === undefined ? null : Number(digits);
}
