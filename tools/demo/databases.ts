import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createContainerSource } from '@slipway/runner/docker';
import { createServices } from '@slipway/runner/services';

/** What a whole environment of the Task Management System needs. */
export interface Databases {
  /** By environment. */
  urls: Record<'staging' | 'production', { DATABASE_URL: string; REDIS_URL: string }>;
  stop(): Promise<void>;
}

type Services = ReturnType<typeof createServices>;
type Running = Awaited<ReturnType<Services['start']>>;

/** Two PostgreSQL and one Redis, as services of a job are started: the machine's own programs, or containers. */
export async function startDatabases(folder: string): Promise<Databases> {
  const slipwayHome = join(folder, 'home');
  const containers = createContainerSource({ slipwayHome, offline: false });
  const services = createServices({ slipwayHome, containers, executor: 'auto' });
  const running: Running[] = [];
  const start = async (id: string, image: string, port: string, env: Record<string, string>) => {
    const directory = join(folder, 'databases', id);
    await mkdir(directory, { recursive: true });
    const lines: string[] = [];
    const service = await services.start(
      { id, image, env, ports: [port], volumes: [], options: '' },
      {
        ...{ trackingId: `slipway_demo_${id}`, directory, log: (line) => void lines.push(line) },
        signal: AbortSignal.timeout(120_000),
      },
    );
    running.push(service);
    return service.ports[port];
  };
  const postgres = (id: string) =>
    start(id, 'postgres:15-alpine', '5432', {
      ...{ POSTGRES_USER: 'taskmanager', POSTGRES_PASSWORD: 'demopass', POSTGRES_DB: 'taskmanager' },
    });
  const stop = async () => {
    await Promise.all(running.map((service) => service.stop()));
    containers.release('slipway_demo');
  };
  const begun = [
    postgres('staging'),
    postgres('production'),
    start('redis', 'redis:7-alpine', '6379', {}),
  ] as const;
  try {
    const [staging, production, redis] = await Promise.all(begun);
    const urls = (port: string | undefined, database: number) => ({
      DATABASE_URL: `postgresql://taskmanager:demopass@127.0.0.1:${port}/taskmanager`,
      REDIS_URL: `redis://127.0.0.1:${redis}/${database}`,
    });
    return { urls: { staging: urls(staging, 0), production: urls(production, 1) }, stop };
  } catch (error) {
    // Of one that comes up after another has failed it is known only then.
    await Promise.allSettled(begun);
    await stop();
    throw error;
  }
}
