import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { Minimatch } from 'minimatch';

/** One line of a glob as @actions/glob understands it. Paths are absolute. */
export interface GlobPattern {
  /** `!`: takes out what earlier lines took in. */
  negate: boolean;
  /** Where to begin to search: the path up to the first wildcard. */
  searchPath: string;
  match(path: string): { file: boolean; directory: boolean };
  /** Whether something below the folder may match. */
  mayMatchBelow(directory: string): boolean;
}

/**
 * Reads one line; relative patterns begin at `root`. Where a folder matches, so does everything in it: that is a
 * pattern of its own.
 * @throws Error for `.` and `..` in the middle of a pattern
 * @see https://github.com/actions/toolkit/blob/main/packages/glob/src/internal-pattern.ts
 */
export function readGlobLine(line: string, root: string): GlobPattern[] {
  const negation = /^(?:!\s*)*/.exec(line)?.[0] ?? '';
  const negate = (negation.match(/!/g)?.length ?? 0) % 2 === 1;
  const text = absolute(line.slice(negation.length), root).replace(/\/+/g, '/');
  const directoriesOnly = text.endsWith('/') && text !== '/';
  const segments = text.split('/').filter((segment) => segment !== '');
  const own = compile({ segments, negate, directoriesOnly, implicit: false });
  if (segments.at(-1) === '**' && !directoriesOnly) return [own];
  return [own, compile({ segments: [...segments, '**'], negate, directoriesOnly: false, implicit: true })];
}

function absolute(pattern: string, root: string): string {
  const segments = pattern.split('/').map(literal);
  if (segments.some((segment, at) => segment === '..' || (segment === '.' && at > 0))) {
    throw new Error(`Invalid pattern '${pattern}'. Relative pathing '.' and '..' is not allowed.`);
  }
  if (pattern.startsWith('/')) return pattern;
  if (pattern === '.' || pattern.startsWith('./')) return escapeGlob(root) + pattern.slice(1);
  if (pattern === '~' || pattern.startsWith('~/')) return escapeGlob(homedir()) + pattern.slice(1);
  return `${escapeGlob(root)}/${pattern}`;
}

interface Parts {
  segments: string[];
  negate: boolean;
  /** It ended with a slash. */
  directoriesOnly: boolean;
  /** Added for the content of a folder that matches. */
  implicit: boolean;
}

function compile({ segments, negate, directoriesOnly, implicit }: Parts): GlobPattern {
  const glob = new Minimatch(`/${segments.join('/')}`, {
    dot: true,
    nobrace: true,
    nocase: false,
    nocomment: true,
    noext: true,
    nonegate: true,
  });
  const literals = segments.map(literal);
  const firstWildcard = literals.indexOf('');
  const searched = firstWildcard === -1 ? literals : literals.slice(0, firstWildcard);
  // `/a/**` is meant to match `/a` too, which minimatch says of `/a/` only.
  const includesItself = segments.at(-1) === '**' && !implicit;
  return {
    negate,
    searchPath: `/${searched.join('/')}`,
    match(path) {
      const directory = glob.match(includesItself && !path.endsWith('/') ? `${path}/` : path);
      return { directory, file: directory && !directoriesOnly };
    },
    mayMatchBelow: (directory) =>
      directory === '/' || glob.matchOne(directory.split(/\/+/), glob.set[0] ?? [], true),
  };
}

/** A segment without wildcards, its escapes resolved; '' if it has any. */
function literal(segment: string): string {
  let text = '';
  for (let at = 0; at < segment.length; at++) {
    const character = segment[at] as string;
    if (character === '*' || character === '?') return '';
    if (character === '\\' && at + 1 < segment.length) {
      text += segment[++at];
      continue;
    }
    // A set of one character is that character.
    const set = character === '[' ? /^\[((?:\\.|[^\]\\])+)\]/.exec(segment.slice(at)) : null;
    if (set === null) {
      text += character;
      continue;
    }
    const content = (set[1] ?? '').replace(/\\(.)/g, '$1');
    if (content.length > 1) return '';
    text += content;
    at += set[0].length - 1;
  }
  return text;
}

function escapeGlob(path: string): string {
  return path
    .replaceAll('\\', '\\\\')
    .replace(/\[(?=[^/]+\])/g, '[[]')
    .replaceAll('?', '[?]')
    .replaceAll('*', '[*]');
}

/** Search paths without those that lie below another. */
export function searchPaths(patterns: GlobPattern[]): string[] {
  const paths = patterns.filter(({ negate }) => !negate).map(({ searchPath }) => searchPath);
  const wanted = new Set(paths);
  return [...wanted].filter((path) => {
    for (let above = dirname(path); above !== path; path = above, above = dirname(path)) {
      if (wanted.has(above)) return false;
    }
    return true;
  });
}
