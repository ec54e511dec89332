import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';

/** By what people type: the name that the REST interface has for it. */
const kinds = {
  artifacts: 'artifacts',
  caches: 'caches',
  logs: 'logs',
  'kept-jobs': 'keptJobs',
  bundles: 'bundles',
} as const;

const units = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Reads `KIND=SIZE`; a size is a number of bytes, or of KiB, MiB, GiB, TiB with their first letter behind it. */
export function readQuotas(
  typed: readonly string[],
  mistakes: Mistake[],
): Record<string, number> | undefined {
  if (typed.length === 0) return undefined;
  const quotas: Record<string, number> = {};
  for (const text of typed) {
    const [, kind = '', number = '', unit = ''] =
      /^([^=]+)=(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
    if (kind === '') {
      mistakes.push({
        message: `--quota '${text}' is no KIND=SIZE`,
        mend: 'Write for instance artifacts=20G.',
      });
    } else if (Object.hasOwn(kinds, kind)) {
      const factor = units[unit.toUpperCase() as keyof typeof units];
      quotas[kinds[kind as keyof typeof kinds]] = Math.round(Number(number) * factor);
    } else {
      const names = Object.keys(kinds);
      const mend = meant(kind, names) ?? `Write one of: ${names.join(', ')}.`;
      mistakes.push({ message: `--quota: there is no quota of ${kind}`, mend });
    }
  }
  return quotas;
}
