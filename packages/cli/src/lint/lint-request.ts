import { rules } from '@slipway/workflow/lint';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';

export type LintFormat = 'text' | 'json' | 'sarif';

/** What `slipway lint` was asked for. */
export interface LintRequest {
  /** As typed; empty: the whole repository. */
  paths: readonly string[];
  format: LintFormat;
  fix: boolean;
  /** Whether the network may be asked about actions. */
  online: boolean;
  /** Codes of rules. */
  disabled: readonly string[];
  runnerLabels: readonly string[];
}

export function readLintRequest(typed: TypedArguments): { request: LintRequest; mistakes: Mistake[] } {
  const format = typed.values.get('format')?.[0] ?? 'text';
  const disabled = typed.values.get('disable') ?? [];
  const isFormat = format === 'text' || format === 'json' || format === 'sarif';
  const mistakes = disabled.flatMap(unknownRule);
  if (!isFormat) {
    mistakes.push({ message: `--format '${format}' is unknown`, mend: 'Use text, json or sarif.' });
  }
  const request: LintRequest = {
    paths: typed.arguments,
    format: isFormat ? format : 'text',
    fix: typed.switches.has('fix'),
    online: typed.switches.has('online'),
    disabled,
    runnerLabels: typed.values.get('runner-label') ?? [],
  };
  return { request, mistakes };
}

function unknownRule(code: string): Mistake[] {
  const codes = rules.map((rule) => rule.code);
  if (codes.includes(code)) return [];
  const mend = meant(code, codes) ?? "Run 'slipway lint --rules' for the rules there are.";
  return [{ message: `--disable ${code}: there is no such rule`, mend }];
}
