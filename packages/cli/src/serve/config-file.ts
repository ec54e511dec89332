import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import { serveConfigSchema } from './config-schema.ts';

/** What a file of settings says, YAML or JSON, and where it says it. */
export interface ConfigFile {
  path: string;
  values: Record<string, unknown>;
  /** `path:line:column` of a setting. */
  placeOf(key: string): string;
}

/** Every mistake of the file with its place. */
export function readConfigFile(path: string): { file: ConfigFile | null; mistakes: Mistake[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const message = `cannot read ${path}: ${error instanceof Error ? error.message : error}`;
    return { file: null, mistakes: [{ message, mend: 'Name a file that can be read.' }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ message, pos }) => ({
      message: `${placeAt(pos[0])}: ${message}`,
      mend: 'Write the file as YAML or JSON.',
    }));
    return { file: null, mistakes };
  }
  const root = document.contents;
  if (root !== null && !isMap(root)) {
    const mend = `Write settings, e.g. 'listen: 0.0.0.0:8080'.`;
    return { file: null, mistakes: [{ message: `${placeAt(0)}: the file is no mapping`, mend }] };
  }
  const placeOf = (key: string): string => {
    const pair = root?.items.find((item) => isScalar(item.key) && item.key.value === key);
    return placeAt(isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0);
  };
  const values = (document.toJS() ?? {}) as Record<string, unknown>;
  const known = Object.keys(serveConfigSchema.shape);
  const mistakes = Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      message: `${placeOf(key)}: there is no setting '${key}'`,
      mend: meant(key, known) ?? `Use one of ${known.join(', ')}.`,
    }));
  return { file: { path, values, placeOf }, mistakes };
}

/** One problem of a setting, said where it stands. */
export function settingMistake(issue: z.core.$ZodIssue, whereOf: (setting: string) => string): Mistake {
  const setting = String(issue.path[0] ?? '');
  const path = issue.path.map(String).join('.');
  return { message: `${whereOf(setting)}: ${path}: ${issue.message}`, mend: `Change ${setting}.` };
}
