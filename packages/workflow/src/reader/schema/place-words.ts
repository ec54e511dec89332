import type { NodePath } from './definition-paths.ts';

/** Names the mapping or sequence at a path as its author would: ``job `build` ``, ``step 2 of job `build` ``. */
export function placeWords(path: NodePath, file: 'workflow' | 'action'): string {
  const [first, second, third, fourth] = path;
  if (first === undefined) return `the ${file}`;
  if (first === 'jobs' && second !== undefined) {
    const job = `job \`${second}\``;
    if (third === undefined) return job;
    if (third === 'steps' && typeof fourth === 'number') {
      return joinRest(`step ${fourth + 1} of ${job}`, path.slice(4));
    }
    return joinRest(job, path.slice(2));
  }
  if (first === 'runs' && second === 'steps' && typeof third === 'number') {
    return joinRest(`step ${third + 1}`, path.slice(3));
  }
  return `\`${dotted(path)}\``;
}

function joinRest(owner: string, rest: NodePath): string {
  return rest.length === 0 ? owner : `\`${dotted(rest)}\` of ${owner}`;
}

function dotted(path: NodePath): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** `a`, `b` or `c`. */
export function orList(words: string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

export function quoted(names: string[]): string[] {
  return names.map((name) => `\`${name}\``);
}
