import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * Holds the imports of every package against the rooms of ARCHITECTURE.md: which package may import which,
 * and that pure packages know no Node built-in and no clock, randomness, environment or network.
 */
const mayImport: Record<string, readonly string[]> = {
  contracts: [],
  workflow: [],
  delivery: [],
  runner: ['contracts', 'workflow'],
  targets: ['contracts', 'delivery'],
  server: ['contracts', 'workflow', 'delivery', 'targets'],
  dashboard: ['contracts'],
  cli: ['contracts', 'workflow', 'delivery', 'runner', 'targets', 'server'],
};
const pure = new Set(['contracts', 'workflow', 'delivery']);
const impure =
  /\b(?:Date\.now\(|new Date\(\)|Math\.random\(|crypto\.random|performance\.now\(|process\.|globalThis\.fetch|\bfetch\()/;

const findings: string[] = [];
for (const file of globSync('packages/*/src/**/*.{ts,tsx}')) assessFile(file);
for (const finding of findings) process.stdout.write(`${finding}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

function assessFile(file: string): void {
  const [, room = ''] = file.split(path.sep);
  const allowed = mayImport[room];
  if (allowed === undefined) {
    findings.push(
      `${file}: packages/${room} is no room of ARCHITECTURE.md; add it to tools/check-boundaries.ts`,
    );
    return;
  }
  const isTest = /\.(?:test|contract|simulation)\.tsx?$/.test(file);
  const source = readFileSync(file, 'utf8');
  const parsed = parseSync(file, source);
  for (const { line, specifier } of importsOf(source, parsed)) {
    const other = /^@slipway\/([^/]+)/.exec(specifier)?.[1];
    if (other !== undefined && other !== room && !allowed.includes(other)) {
      findings.push(`${file}:${line}: packages/${room} may not import packages/${other}`);
    }
    const target = specifier.startsWith('.')
      ? path.relative('packages', path.join(path.dirname(file), specifier))
      : '';
    if (target !== '' && target.split(path.sep)[0] !== room) {
      findings.push(`${file}:${line}: import another package by its name, not by a path`);
    }
    if (pure.has(room) && !isTest && isBuiltin(specifier)) {
      findings.push(`${file}:${line}: packages/${room} is pure and may not import ${specifier}`);
    }
  }
  if (pure.has(room) && !isTest) {
    const code = withoutComments(source, parsed);
    const found = impure.exec(code);
    if (found)
      findings.push(
        `${file}:${lineAt(code, found.index)}: packages/${room} is pure; take ${found[0].trim()} as a parameter`,
      );
  }
}

type Parsed = ReturnType<typeof parseSync>;

function importsOf(source: string, { module }: Parsed): { line: number; specifier: string }[] {
  const specifiers = [
    ...module.staticImports.map((one) => one.moduleRequest),
    ...module.staticExports.flatMap((one) => one.entries.flatMap((entry) => entry.moduleRequest ?? [])),
    ...module.dynamicImports.map((one) => ({
      ...one.moduleRequest,
      value: source.slice(one.moduleRequest.start + 1, one.moduleRequest.end - 1),
    })),
  ];
  return specifiers.map(({ value, start }) => ({ line: lineAt(source, start), specifier: value }));
}

function withoutComments(source: string, { comments }: Parsed): string {
  let code = source;
  for (const { start, end } of comments) {
    code = code.slice(0, start) + source.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  }
  return code;
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
