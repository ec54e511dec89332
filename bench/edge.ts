import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createEdgeClient } from '@slipway/targets/edge';
import { endDaemon } from '@slipway/targets/supervisor';
import autocannon from 'autocannon';
import { median } from './measure.ts';
import type { Figure, Row } from './row.ts';

const connections = 32;
const seconds = 3;

interface Way {
  name: 'direct' | 'edge' | 'HAProxy';
  url: string;
}

interface Load {
  perSecond: number;
  p99Ms: number;
}

/**
 * What the edge costs: the same service asked directly, through the edge (split between two revisions, 90 and 10) and, where it is installed,
 * through HAProxy on one core, in turn, by the same clients.
 */
export const edgeRow: Row = {
  name: 'edge',
  async measure({ rounds, slipway }) {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-edge-'));
    const children: ChildProcess[] = [];
    const state = join(folder, 'edge');
    try {
      const service = await startService(children);
      const ways: Way[] = [{ name: 'direct', url: `http://127.0.0.1:${service}` }];
      ways.push({ name: 'edge', url: await startEdge(children, { slipway, state, service }) });
      const proxy = await startHaproxy(children, { folder, service });
      if (proxy !== null) ways.push({ name: 'HAProxy', url: proxy });
      return figuresOf(await measureWays(ways, Math.min(rounds, 5)));
    } finally {
      await endDaemon(state);
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function startService(children: ChildProcess[]): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'edge-service.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return Number(port);
}

/** As a child, so that it has the same claim to the processor as the others. */
async function startEdge(
  children: ChildProcess[],
  { slipway, state, service: port }: { slipway: string; state: string; service: number },
): Promise<string> {
  const args = ['edge', '--state', state];
  mkdirSync(state);
  children.push(spawn(slipway, args, { stdio: 'inherit' }));
  while (!existsSync(join(state, 'socket'))) await delay(20);
  const edge = createEdgeClient(state, { file: slipway, args });
  const anyPort = { host: '127.0.0.1', port: 0 };
  const { listens } = await edge.putSettings({
    production: anyPort,
    test: anyPort,
    metrics: anyPort,
    testHeader: null,
    stickyCookie: null,
    answerTimeoutMs: 60_000,
  });
  const instances = [{ host: '127.0.0.1', port }];
  for (const revision of ['old', 'new']) {
    await edge.putRevision(revision, { routes: [{ path: '/', instances, check: '/', checkEveryMs: 2_000 }] });
  }
  await edge.putSplit({ old: 90, new: 10 });
  return `http://127.0.0.1:${listens?.production}`;
}

/** Null: it is not installed. */
async function startHaproxy(
  children: ChildProcess[],
  { folder, service }: { folder: string; service: number },
): Promise<string | null> {
  if (spawnSync('haproxy', ['-v']).status !== 0) return null;
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, haproxyConfig(port, service));
  children.push(spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' }));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answers = await fetch(url).catch(() => null);
    if (answers?.ok) return url;
    await delay(50);
  }
}

const haproxyConfig = (port: number, service: number) => `global
  nbthread 1
defaults
  mode http
  option http-keep-alive
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend traffic
  bind 127.0.0.1:${port}
  default_backend revisions
backend revisions
  balance roundrobin
  server old 127.0.0.1:${service} weight 90 check
  server new 127.0.0.1:${service} weight 10 check
`;

async function measureWays(ways: readonly Way[], rounds: number): Promise<Map<Way['name'], Load>> {
  const loads = new Map(ways.map(({ name }) => [name, [] as Load[]]));
  // One unmeasured round warms them all up.
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, url } of ways) {
      const load = await sendLoad(url);
      if (round >= 0) loads.get(name)!.push(load);
    }
  }
  return new Map(
    [...loads].map(([name, all]) => [
      name,
      {
        perSecond: median(all.map(({ perSecond }) => perSecond)),
        p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
      },
    ]),
  );
}

/** @throws when a request is lost: a figure of a proxy that loses some says nothing. */
async function sendLoad(url: string): Promise<Load> {
  const result = await autocannon({ url, connections, duration: seconds });
  if (result.errors + result.non2xx > 0) {
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} answers other than 2xx`);
  }
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 };
}

function figuresOf(loads: ReadonlyMap<Way['name'], Load>): Figure[] {
  const direct = loads.get('direct')!;
  const edge = loads.get('edge')!;
  const haproxy = loads.get('HAProxy');
  const shown = (name: string, { perSecond, p99Ms }: Load) =>
    `${name} ${perSecond.toFixed(0)}/s, p99 ${p99Ms.toFixed(1)} ms`;
  const figures: Figure[] = [
    {
      name: 'a request through the edge',
      detail: `${shown('edge', edge)}, against ${shown('direct', direct)}`,
      value: direct.perSecond / edge.perSecond,
      unit: '×',
      // Three processes share two cores where two do without the edge.
      target: 5,
    },
  ];
  if (haproxy) {
    figures.push({
      name: 'the edge against HAProxy',
      detail: `${shown('edge', edge)}, against ${shown('HAProxy', haproxy)}`,
      value: haproxy.perSecond / edge.perSecond,
      unit: '×',
      target: null,
    });
  }
  return figures;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
