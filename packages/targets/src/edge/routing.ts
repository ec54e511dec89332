import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { EdgeState } from './edge-state.ts';
import { type Instance, type InstanceSpec, openInstance } from './instance.ts';
import { createWeightedTurns, type WeightedTurns } from './weighted-turns.ts';

/** Where a request goes. */
export interface Choice {
  revision: string;
  instance: Instance;
  /** The cookie is to be set: this is the first request of somebody who is to keep the revision. */
  setsCookie: boolean;
  /** The revision whose turn it was, if it has no instance that is up; null: it has. */
  missed: string | null;
}

/** Nobody can have the request. */
export interface Miss {
  instance: null;
  /** The revision whose turn it was, if it serves such requests and none of its instances is up. */
  missed: string | null;
}

export interface Retry {
  revision: string;
  /** Gave no connection. */
  failed: ReadonlySet<Instance>;
}

/** Decides for each request; changed at once, by a new state. */
export interface Routing {
  update(state: EdgeState): void;
  /** A retry stays with its revision if it can. */
  choose(request: IncomingMessage, from: 'production' | 'test', retry?: Retry): Choice | Miss;
  /** With those that it has no more as long as requests are under way there. */
  instancesOf(revision: string): Instance[];
  close(): void;
}

interface Route {
  path: string;
  instances: Instance[];
  turn: number;
}

interface Revision {
  /** As told, to see what changes. */
  told: string;
  routes: Route[];
  /** Closed, but requests may be under way. */
  leaving: Instance[];
}

export function createRouting(): Routing {
  let state: EdgeState | undefined;
  let turns: WeightedTurns = { next: () => null };
  let told = '';
  let shared: string[] = [];
  const revisions = new Map<string, Revision>();

  function chooseRevision(request: IncomingMessage, from: 'production' | 'test') {
    const header = state?.settings?.testHeader;
    if (from === 'test' || (header && request.headers[header.name.toLowerCase()] === header.value)) {
      // Without a revision under test, test traffic is what everybody gets.
      return { revision: state?.test ?? turns.next(), isTest: state?.test != null, setsCookie: false };
    }
    const name = state?.settings?.stickyCookie;
    if (!name) return { revision: turns.next(), isTest: false, setsCookie: false };
    const kept = readCookie(request.headers.cookie, name);
    if (kept !== null && shared.includes(kept)) return { revision: kept, isTest: false, setsCookie: false };
    return { revision: turns.next(), isTest: false, setsCookie: true };
  }

  function routeOf(revision: string, url: string): Route | undefined {
    return revisions.get(revision)?.routes.find(({ path }) => matches(url, path));
  }

  /** The one with the fewest requests under way; of several the one whose turn it is. */
  function instanceOf(revision: string, url: string, failed: ReadonlySet<Instance>): Instance | null {
    const route = routeOf(revision, url);
    if (!route) return null;
    const { instances } = route;
    const first = route.turn++;
    let best: Instance | null = null;
    for (let i = 0; i < instances.length; i++) {
      const instance = instances[(first + i) % instances.length]!;
      if (!instance.isUp || failed.has(instance)) continue;
      if (best === null || instance.active < best.active) best = instance;
    }
    return best;
  }

  return {
    update(next) {
      for (const [name, { routes }] of revisions) {
        if (next.revisions[name]) continue;
        revisions.delete(name);
        for (const { instances } of routes) for (const instance of instances) instance.close();
      }
      for (const name of Object.keys(next.revisions)) {
        const before = revisions.get(name);
        if (before?.told !== toldOf(next, name)) revisions.set(name, openRevision(next, name, before));
      }
      const split = JSON.stringify(next.split);
      if (split !== told) {
        told = split;
        turns = createWeightedTurns(next.split);
        shared = Object.keys(next.split).filter((name) => next.split[name]! > 0);
      }
      state = next;
    },
    choose(request, from, retry) {
      const { revision, isTest, setsCookie } = retry
        ? { revision: retry.revision, isTest: !shared.includes(retry.revision), setsCookie: false }
        : chooseRevision(request, from);
      if (revision === null) return { instance: null, missed: null };
      const url = request.url ?? '/';
      // Where a revision is down altogether the others take its requests; that it failed is counted.
      const candidates = isTest ? [revision] : [revision, ...shared.filter((name) => name !== revision)];
      for (const name of candidates) {
        const instance = instanceOf(name, url, retry?.failed ?? none);
        if (instance)
          return { revision: name, instance, setsCookie, missed: name === revision ? null : revision };
      }
      return { instance: null, missed: routeOf(revision, url) ? revision : null };
    },
    instancesOf(name) {
      const revision = revisions.get(name);
      if (!revision) return [];
      const leaving = revision.leaving.filter(({ active }) => active > 0);
      return [...revision.routes.flatMap(({ instances }) => instances), ...leaving];
    },
    close() {
      for (const { routes } of revisions.values()) {
        for (const { instances } of routes) for (const instance of instances) instance.close();
      }
    },
  };
}

const none: ReadonlySet<Instance> = new Set();

/** What the instances are made from. */
function toldOf(state: EdgeState, name: string): string {
  return JSON.stringify([state.revisions[name], state.settings?.answerTimeoutMs]);
}

/** Instances that it had before stay as they are, with their connections and what is known of them. */
function openRevision(state: EdgeState, name: string, before: Revision | undefined): Revision {
  const answerTimeoutMs = state.settings?.answerTimeoutMs ?? 0;
  const had = new Set(before?.routes.flatMap(({ instances }) => instances));
  const open = (spec: InstanceSpec): Instance => {
    const same = [...had].find((instance) => isDeepStrictEqual(instance.spec, spec));
    if (!same) return openInstance(spec);
    had.delete(same);
    return same;
  };
  const routes = (state.revisions[name]?.routes ?? []).map(({ path, instances, check, checkEveryMs }) => ({
    path,
    turn: 0,
    instances: instances.map((address) => open({ ...address, check, checkEveryMs, answerTimeoutMs })),
  }));
  for (const instance of had) instance.close();
  return {
    told: toldOf(state, name),
    routes: routes.sort((a, b) => b.path.length - a.path.length),
    leaving: [...(before?.leaving ?? []), ...had].filter(({ active }) => active > 0),
  };
}

function matches(url: string, path: string): boolean {
  if (path === '/') return true;
  if (!url.startsWith(path)) return false;
  const next = url[path.length];
  return path.endsWith('/') || next === undefined || next === '/' || next === '?';
}

function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? null;
  }
  return null;
}
