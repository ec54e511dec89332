import type { Value } from '@slipway/workflow';
import type { Masker } from '../output/masker.ts';

/** Begins and ends the name of a secret that stands for its value. No environment variable can hold it. */
const mark = '\0';

export interface SecretRemover {
  /** The text with the names of secrets in place of them; undefined if it holds something else that is masked. `what` is noted then. */
  text(text: string, what: string): string | undefined;
  /** The same for all texts in a value; what can't be kept is left out, or ''. */
  value(value: Value, what: string): Value;
  /** What could not be kept. */
  readonly notKept: string[];
}

/** Takes secrets out of what is written to disk. */
export function createSecretRemover(secrets: Readonly<Record<string, Value>>, masker: Masker): SecretRemover {
  const known = Object.entries(secrets)
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([, value]) => value.trim() !== '')
    // A secret may be a part of another one.
    .toSorted(([, a], [, b]) => b.length - a.length);
  const notKept: string[] = [];

  function text(original: string, what: string): string | undefined {
    let rest = original;
    for (const [name, value] of known) rest = rest.replaceAll(value, `${mark}${name}${mark}`);
    const visible = rest.replaceAll(/\0[^\0]*\0/g, '');
    if (masker.maskText(visible) === visible) return rest;
    notKept.push(what);
    return undefined;
  }

  function value(original: Value, what: string): Value {
    if (typeof original === 'string') return text(original, what) ?? '';
    if (original === null || typeof original !== 'object') return original;
    if (Array.isArray(original)) return original.map((item, at) => value(item, `${what}[${at}]`));
    return Object.fromEntries(
      Object.entries(original).map(([name, item]) => [name, value(item, `${what}.${name}`)]),
    );
  }
  return { text, value, notKept };
}

/** The value with the secrets of now; '' for one that there is not any more. */
export function withSecrets(value: Value, secrets: Readonly<Record<string, Value>>): Value {
  if (typeof value === 'string') {
    return value.replaceAll(/\0([^\0]*)\0/g, (_, name: string) => String(secrets[name] ?? ''));
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, secrets));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withSecrets(item, secrets)]));
}
