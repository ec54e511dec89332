import type { Served } from '../server/served.ts';

export interface RunnerAnswer {
  status: number;
  body: Record<string, never>;
}

/** Speaks the runner protocol with any token, as no runner of ours would. */
export function runnerCalls({ server }: Served) {
  return async (token: string, at: string, body: object): Promise<RunnerAnswer> => {
    const response = await fetch(`${server.url}/runner/v1${at}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
}
