import { readFileSync, statSync } from 'node:fs';
import { type EvidenceBody, evidenceSchema } from '@slipway/contracts/api/delivery';
import { z } from 'zod';
import type { Mistake, TypedArguments } from '../command-line/command.ts';

/** What was typed of a release. */
export interface ReleaseRequest {
  /** References by component. */
  components: Record<string, string>;
  /** Folders by component, to be packed. */
  bundles: Record<string, string>;
  evidence: EvidenceBody[];
  /** Epoch milliseconds. */
  builtAt?: number;
  mistakes: Mistake[];
}

export function readReleaseRequest({ values }: TypedArguments): ReleaseRequest {
  const mistakes: Mistake[] = [];
  const components = readPairs(values.get('component') ?? [], {
    option: '--component',
    what: 'REFERENCE',
    mistakes,
  });
  const bundles = readPairs(values.get('bundle') ?? [], { option: '--bundle', what: 'DIR', mistakes });
  for (const [name, folder] of Object.entries(bundles)) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      mistakes.push({
        message: `--bundle ${name}: ${folder} is no folder`,
        mend: 'Name a folder that is there.',
      });
    }
    if (name in components) {
      mistakes.push({ message: `component ${name} is given twice`, mend: 'Give --component or --bundle.' });
    }
  }
  const builtAt = readBuiltAt(values.get('built-at')?.[0], mistakes);
  const evidence = readEvidence(values, mistakes);
  return { components, bundles, evidence, ...(builtAt !== undefined && { builtAt }), mistakes };
}

/** In ISO 8601's extended form, or in the basic one that tags have. */
function readBuiltAt(text: string | undefined, mistakes: Mistake[]): number | undefined {
  if (text === undefined) return undefined;
  const extended = text.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})(\d{2})/, '$1-$2-$3:$4:$5');
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/.test(extended)
    ? Date.parse(extended)
    : Number.NaN;
  if (time > 0) return time;
  mistakes.push({
    message: `--built-at ${text} is no time`,
    mend: 'Write it as 2026-11-25T14:46:58Z or 20261125T144658Z.',
  });
  return undefined;
}

/** `--test NAME=CONCLUSION` and `--evidence FILE`. */
export function readEvidence(values: TypedArguments['values'], mistakes: Mistake[]): EvidenceBody[] {
  const tests = readPairs(values.get('test') ?? [], { option: '--test', what: 'CONCLUSION', mistakes });
  const evidence: unknown[] = Object.entries(tests).map(([name, conclusion]) => ({
    kind: 'tests',
    name,
    conclusion,
  }));
  for (const file of values.get('evidence') ?? []) {
    try {
      const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
      evidence.push(...(Array.isArray(content) ? content : [content]));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      mistakes.push({ message: `--evidence ${file}: ${reason}`, mend: 'Name a file of JSON.' });
    }
  }
  const read = z.array(evidenceSchema).safeParse(evidence);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  mistakes.push({
    message: `evidence ${issue?.path.join('.')}: ${issue?.message}`,
    mend: 'Write objects of kind tests, scan, sbom or provenance as docs/delivery.md shows them.',
  });
  return [];
}

function readPairs(
  typed: readonly string[],
  { option, what, mistakes }: { option: string; what: string; mistakes: Mistake[] },
): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const text of typed) {
    const [, name, value] = /^([A-Za-z0-9][\w.-]*)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      mistakes.push({
        message: `${option} '${text}' is no NAME=${what}`,
        mend: `Write ${option} NAME=${what}.`,
      });
    } else pairs[name] = value;
  }
  return pairs;
}
