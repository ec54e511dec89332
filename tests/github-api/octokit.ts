import { Octokit } from '@octokit/rest';
import type { Served } from '../server/served.ts';

/** GitHub's own client at a test's server; it prints nothing. `auth`: default the administrator's token. */
export function octokitOf({ server, token }: Served, auth = token): Octokit {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return new Octokit({ auth, baseUrl: `${server.url}/api/v3`, log });
}
