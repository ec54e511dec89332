import { parseUses, type RemoteUses } from './uses.ts';

/** What tells the repository that is being run from any other. */
export interface OwnRepository {
  /** `owner/name`. */
  repository: string;
  /** The event's ref, e.g. `refs/heads/main`. */
  ref: string;
  sha: string;
  /** Other names of what stands in for it, e.g. `github.head_ref` and the head's sha of a pull request. */
  alsoKnownAs?: string[];
  /** Default `https://github.com`. */
  serverUrl?: string;
}

/** Whether a step uses actions/checkout, in any version. */
export function isCheckoutAction(uses: string | RemoteUses): boolean {
  const parsed = typeof uses === 'string' ? parseUses(uses) : uses;
  return (
    parsed.kind === 'remote' && parsed.path === '' && parsed.repository.toLowerCase() === 'actions/checkout'
  );
}

/**
 * Whether a step checks out the repository and commit that are being run, so that the working tree stands in for it.
 * `inputs` are evaluated, as the action would get them, keyed by name in any case; absent and '' both mean the default.
 * For any other repository or ref the action itself runs.
 */
export function isOwnCheckout(uses: string, inputs: Record<string, string>, own: OwnRepository): boolean {
  if (!isCheckoutAction(uses)) return false;
  const input = (name: string) =>
    Object.entries(inputs)
      .find(([key]) => key.toLowerCase() === name)?.[1]
      .trim() ?? '';
  const server = input('github-server-url');
  return (
    (server === '' || trimSlash(server) === trimSlash(own.serverUrl ?? 'https://github.com')) &&
    ['', own.repository.toLowerCase()].includes(input('repository').toLowerCase()) &&
    namesOwnCommit(input('ref'), own)
  );
}

function namesOwnCommit(ref: string, own: OwnRepository): boolean {
  if (ref === '' || ref === own.ref || ref.toLowerCase() === own.sha.toLowerCase()) return true;
  if (own.alsoKnownAs?.includes(ref)) return true;
  return own.ref.replace(/^refs\/(heads|tags|pull)\//, '') === ref;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
