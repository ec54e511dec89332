export interface Ids {
  ownerId: number;
  repositoryId: number;
}

/** GitHub's numeric ids of `owner/repo`; undefined where they can't be known. */
export type RepositoryIds = (repository: string, signal: AbortSignal) => Promise<Ids | undefined>;

export interface GithubApiOptions {
  /** Default `https://api.github.com`. */
  apiUrl?: string;
  /** Raises the limit of 60 requests an hour, and shows private repositories. */
  token?: string;
}

/** Asks GitHub's API once for each repository; no answer, of whatever kind, means unknown. */
export function createGithubIds({
  apiUrl = 'https://api.github.com',
  token,
}: GithubApiOptions = {}): RepositoryIds {
  const known = new Map<string, Promise<Ids | undefined>>();
  return (repository, signal) => {
    const key = repository.toLowerCase();
    const asking =
      known.get(key) ?? ask(`${apiUrl}/repos/${repository}`, token, signal).catch(() => undefined);
    known.set(key, asking);
    return asking;
  };
}

const TIMEOUT_MS = 10_000;

async function ask(url: string, token: string | undefined, signal: AbortSignal): Promise<Ids | undefined> {
  const headers: Record<string, string> = { accept: 'application/vnd.github+json', 'user-agent': 'slipway' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, {
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (!response.ok) return undefined;
  const { id, owner } = (await response.json()) as { id?: unknown; owner?: { id?: unknown } };
  if (typeof id !== 'number' || typeof owner?.id !== 'number') return undefined;
  return { ownerId: owner.id, repositoryId: id };
}
