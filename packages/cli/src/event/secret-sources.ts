import { resolve } from 'node:path';

/** Where a secret's value came from; the value itself is kept nowhere. */
export type SecretSource =
  | { name: string; kind: 'typed' }
  | { name: string; kind: 'environment' }
  /** Absolute. */
  | { name: string; kind: 'file'; path: string };

/** `typed`: as `--secret` was given, the last of a name counts, and all of them before the file. */
export function secretSources(
  names: readonly string[],
  { typed, file }: { typed: readonly string[]; file: string | null },
): SecretSource[] {
  return names.map((name): SecretSource => {
    const given = typed.findLast((one) => one === name || one.startsWith(`${name}=`));
    if (given === undefined && file !== null) return { name, kind: 'file', path: resolve(file) };
    return { name, kind: given === name ? 'environment' : 'typed' };
  });
}
