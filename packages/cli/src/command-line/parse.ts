import { parseArgs } from 'node:util';
import {
  type CommandSpec,
  helpOption,
  type Mistake,
  type OptionSpec,
  type TypedArguments,
} from './command.ts';
import { meant } from './suggestion.ts';

/**
 * Reads a command's arguments by its specification: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, `--` ends options.
 * The value of an option may begin with a dash. All mistakes are reported, not only the first.
 */
export function parseTyped(
  spec: CommandSpec,
  argv: readonly string[],
): { typed: TypedArguments; mistakes: Mistake[] } {
  const options = [...spec.options, helpOption];
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options.map(parseArgsOption)),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const mistakes: Mistake[] = [];
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.find(({ name }) => name === token.name);
    const mistake = assessOption(spec, { option, token, given: values });
    if (mistake !== null) mistakes.push(mistake);
    else if (token.value === undefined) switches.add(token.name);
    else values.set(token.name, [...(values.get(token.name) ?? []), token.value]);
  }
  const surplus = assessPositionals(spec, positionals);
  if (surplus !== null) mistakes.push(surplus);
  return { typed: { arguments: positionals, values, switches }, mistakes };
}

function parseArgsOption({ name, short, value }: OptionSpec) {
  const type = value === undefined ? ('boolean' as const) : ('string' as const);
  return [name, { type, multiple: true, ...(short === undefined ? {} : { short }) }] as const;
}

interface TypedOption {
  option: OptionSpec | undefined;
  token: { rawName: string; value?: string | undefined };
  given: ReadonlyMap<string, unknown>;
}

function assessOption(spec: CommandSpec, { option, token, given }: TypedOption): Mistake | null {
  const { rawName, value } = token;
  if (option === undefined) {
    const names = spec.options.map(({ name }) => `--${name}`);
    return {
      message: `unknown option ${rawName}`,
      mend: meant(rawName, names) ?? `Run 'slipway ${spec.name} --help' for the options there are.`,
    };
  }
  if (option.value !== undefined && value === undefined) {
    return { message: `${rawName} needs a value`, mend: `Write ${rawName} ${option.value}.` };
  }
  if (option.value === undefined && value !== undefined) {
    return { message: `${rawName} takes no value`, mend: `Write ${rawName} alone.` };
  }
  if (option.repeatable !== true && option.value !== undefined && given.has(option.name)) {
    return { message: `${rawName} is given twice`, mend: 'Give it once.' };
  }
  return null;
}

function assessPositionals(spec: CommandSpec, positionals: readonly string[]): Mistake | null {
  const allowed = spec.argument === undefined ? 0 : spec.argument.repeatable ? Number.POSITIVE_INFINITY : 1;
  const surplus = positionals[allowed];
  if (surplus === undefined) return null;
  return {
    message: `unexpected argument '${surplus}'`,
    mend: `Run 'slipway ${spec.name} --help' for what it takes.`,
  };
}
