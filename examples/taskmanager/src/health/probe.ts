/** A question about something the service depends on. */
export type Probe = {
  name: string;
  /** Without a required one the service can't do its work; without another it does so less well. */
  required: boolean;
  /** Resolves when all is well and rejects when it is not. */
  check(): Promise<void>;
};

export type ProbeResult = { name: string; required: boolean; up: boolean };

export type Health = {
  status: 'ok' | 'degraded' | 'down';
  checks: Record<string, 'up' | 'down'>;
};

export function assessHealth(results: readonly ProbeResult[]): Health {
  const down = results.filter((result) => !result.up);
  return {
    status: down.some((result) => result.required) ? 'down' : down.length > 0 ? 'degraded' : 'ok',
    checks: Object.fromEntries(results.map(({ name, up }) => [name, up ? 'up' : 'down'])),
  };
}

/** Asks all at once. A probe that has no answer within `timeoutMs` counts as down. */
export async function runProbes(
  probes: readonly Probe[],
  options: { timeoutMs: number; onFailure: (name: string, reason: unknown) => void },
): Promise<ProbeResult[]> {
  return Promise.all(
    probes.map(async ({ name, required, check }) => {
      try {
        await within(check(), options.timeoutMs);
        return { name, required, up: true };
      } catch (reason) {
        options.onFailure(name, reason);
        return { name, required, up: false };
      }
    }),
  );
}

async function within(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
