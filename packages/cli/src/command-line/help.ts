import { type CommandSpec, helpOption, type OptionSpec } from './command.ts';

const columnsMost = 110;

/** The text of `slipway --help`. */
export function programHelp(specs: readonly CommandSpec[]): string {
  return [
    'Slipway runs the GitHub Actions workflows of a repository on this machine.',
    '',
    'Usage: slipway COMMAND [OPTION…]',
    '',
    'Commands:',
    ...twoColumns(specs.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...twoColumns([
      ['-h, --help', 'show this help, or that of a command'],
      ['-V, --version', 'show the version'],
    ]),
    '',
    'Exit status: 0 everything succeeded; 1 a run failed, or lint found errors; 2 the input is invalid and nothing ran; 130 cancelled.',
    '',
  ].join('\n');
}

/** The text of `slipway COMMAND --help`. */
export function commandHelp(spec: CommandSpec): string {
  const sections = [
    usage(spec),
    ...spec.description.map((paragraph) => wrap(paragraph, columnsMost).join('\n')),
  ];
  if (spec.argument !== undefined) {
    sections.push(['Argument:', ...twoColumns([[argumentUsage(spec), spec.argument.help]])].join('\n'));
  }
  const options = [...spec.options, helpOption].map((option): [string, string] => [
    optionUsage(option),
    option.repeatable === true ? `${option.help} (repeatable)` : option.help,
  ]);
  sections.push(['Options:', ...twoColumns(options)].join('\n'));
  if (spec.examples.length > 0) {
    const examples = spec.examples.map(({ line, says }): [string, string] => [line, says]);
    sections.push(['Examples:', ...twoColumns(examples)].join('\n'));
  }
  return `${sections.join('\n\n')}\n`;
}

function usage(spec: CommandSpec): string {
  const argument = argumentUsage(spec);
  return `Usage: slipway ${spec.name} [OPTION…]${argument === '' ? '' : ` ${argument}`}`;
}

function argumentUsage({ argument }: CommandSpec): string {
  if (argument === undefined) return '';
  return `[${argument.name}${argument.repeatable ? '…' : ''}]`;
}

function optionUsage({ short, name, value }: OptionSpec): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(38, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, columnsMost - width - 4);
    const fits = left.length <= width;
    const first = fits ? `  ${left.padEnd(width)}  ${lines[0] ?? ''}` : `  ${left}`;
    const rest = fits ? lines.slice(1) : lines;
    return [first.trimEnd(), ...rest.map((line) => `${' '.repeat(width + 4)}${line}`)];
  });
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
