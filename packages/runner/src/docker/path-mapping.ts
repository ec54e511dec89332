import type { Mount } from './container.ts';

/** Says where the host's files are inside of a container, and the other way round. */
export interface PathMapping {
  toContainer(hostPath: string): string;
  toHost(containerPath: string): string;
}

/** The mounts, the more special one first; a path that none of them holds is the same on both sides. */
export function createPathMapping(mounts: Mount[]): PathMapping {
  const translate = (path: string, from: 'host' | 'container', to: 'host' | 'container') => {
    for (const mount of mounts) {
      if (path === mount[from]) return mount[to];
      if (path.startsWith(`${mount[from]}/`)) return mount[to] + path.slice(mount[from].length);
    }
    return path;
  };
  return {
    toContainer: (path) => translate(path, 'host', 'container'),
    toHost: (path) => translate(path, 'container', 'host'),
  };
}
