import { setTimeout as delay } from 'node:timers/promises';

/** People who use a deployment all the time, and what became of their requests. */
export interface Traffic {
  readonly counts: TrafficCounts;
  /** Resolves when the requests under way are answered. */
  stop(): Promise<TrafficCounts>;
}

export interface TrafficCounts {
  requests: number;
  /** Answered with a server's error: they met the fault. */
  failed: number;
  /** Not answered at all. */
  lost: number;
}

export interface TrafficOptions {
  baseUrl: string;
  email: string;
  password: string;
  people: number;
  /** Between two requests of one person. */
  pauseMs: number;
}

/** They sign in as soon as there is something to sign in to, and count from then on. */
export function startTraffic({ baseUrl, email, password, people, pauseMs }: TrafficOptions): Traffic {
  const counts: TrafficCounts = { requests: 0, failed: 0, lost: 0 };
  let isOver = false;
  const signingIn = signInPatiently(baseUrl, { email, password }, () => isOver);
  const use = async () => {
    const token = await signingIn;
    while (!isOver && token !== null) {
      counts.requests += 1;
      try {
        const response = await fetch(`${baseUrl}/api/v1/tasks?limit=5`, {
          headers: { authorization: `Bearer ${token}` },
        });
        await response.arrayBuffer();
        if (response.status >= 500) counts.failed += 1;
      } catch {
        counts.lost += 1;
      }
      await delay(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: people }, use));
  return {
    counts,
    async stop() {
      isOver = true;
      await all;
      return counts;
    },
  };
}

/** Null if it is over before anybody is let in. */
async function signInPatiently(
  baseUrl: string,
  account: { email: string; password: string },
  isOver: () => boolean,
): Promise<string | null> {
  for (; !isOver(); await delay(500)) {
    const response = await fetch(`${baseUrl}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    }).catch(() => null);
    if (response?.ok) return ((await response.json()) as { token: string }).token;
  }
  return null;
}
