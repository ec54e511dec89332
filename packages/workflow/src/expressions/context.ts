import { nearestName } from '../model/nearest-name.ts';
import { type Frame, fail } from './frame.ts';
import type { Value } from './value.ts';

/** The value of a context; throws ExpressionError if the scope doesn't offer it. Names ignore case. */
export function readContext(lowerName: string, writtenName: string, frame: Frame): Value {
  const { contexts } = frame.scope;
  if (Object.hasOwn(contexts, lowerName)) return contexts[lowerName] ?? null;
  for (const name of Object.keys(contexts)) {
    if (name.toLowerCase() === lowerName) return contexts[name] ?? null;
  }
  throw fail(frame, describeMissing(writtenName, Object.keys(contexts)));
}

const knownContexts = [
  'github',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
];

function describeMissing(name: string, available: string[]): string {
  const offer = available.length === 0 ? 'none is available here' : `available here: ${available.join(', ')}`;
  if (knownContexts.includes(name.toLowerCase()))
    return `The context '${name}' is not available here (${offer})`;
  const guess = nearestName(name, knownContexts);
  return `Unknown context '${name}' (${guess === undefined ? offer : `did you mean '${guess}'?`})`;
}
