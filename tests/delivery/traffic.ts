import { Agent, get } from 'node:http';

/** What one request met. */
export interface Met {
  atMs: number;
  /** 0: no answer. */
  status: number;
  /** Of the release that answered. */
  release: string;
  latencyMs: number;
}

export interface Traffic {
  met: Met[];
  /** Requests that got no answer, or a wrong one. */
  lost(): Met[];
  /** Ends it when what is under way is answered. */
  stop(): Promise<Met[]>;
}

/** Users who never stop asking, each after an answer to the last one. */
export function startTraffic(url: string, { users = 4, pauseMs = 8 } = {}): Traffic {
  const met: Met[] = [];
  const agent = new Agent({ keepAlive: true });
  let isOver = false;
  const user = async (): Promise<void> => {
    while (!isOver) {
      met.push(await ask(`${url}/`, agent));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const all = Array.from({ length: users }, user);
  return {
    met,
    lost: () => met.filter(({ status }) => status !== 200),
    async stop() {
      isOver = true;
      await Promise.all(all);
      agent.destroy();
      return met;
    },
  };
}

function ask(url: string, agent: Agent): Promise<Met> {
  const begin = performance.now();
  const atMs = Date.now();
  const latencyMs = () => performance.now() - begin;
  return new Promise((resolve) => {
    const request = get(url, { agent }, (answer) => {
      answer.resume();
      answer.on('close', () => {
        const { statusCode = 0, complete, headers } = answer;
        const release = String(headers['x-release'] ?? '');
        resolve({ atMs, status: complete ? statusCode : 0, release, latencyMs: latencyMs() });
      });
    });
    request.on('error', () => resolve({ atMs, status: 0, release: '', latencyMs: latencyMs() }));
  });
}
