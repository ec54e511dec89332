import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slipway } from '../slipway.mjs';
import { fail, input, parseJson, setOutput, summarize } from '../step.mjs';

const components = linesOf('COMPONENTS');
const reference = input('RELEASE');
if (components.length > 0 === (reference !== '')) {
  fail('Release', 'Set components for a new release, or release for evidence on one that is there.');
}
const evidence = linesOf('EVIDENCE').flatMap((line) => parseJson('Release', line));
const folder = await mkdtemp(join(tmpdir(), 'release-'));
const file = join(folder, 'evidence.json');
await writeFile(file, JSON.stringify(evidence));
const { status, lines } = await slipway(
  reference === ''
    ? ['release', 'create', '--json', ...about(components), ...evidenceOption()]
    : ['release', 'evidence', reference, '--json', ...evidenceOption()],
);
await rm(folder, { recursive: true });
if (status !== 0)
  fail(
    'Release',
    reference === '' ? 'The release was refused.' : `The evidence on ${reference} was refused.`,
  );

const release = JSON.parse(lines.at(-1) ?? '{}');
setOutput('tag', release.tag);
setOutput('id', release.id);
process.stdout.write(`Release ${release.id}: ${release.tag}\n`);
if (reference === '') summarize(describe(release));

/** @param {string[]} named */
function about(named) {
  const [version, builtAt] = [input('VERSION'), input('BUILT_AT')];
  return [
    `--commit=${input('COMMIT')}`,
    ...(version === '' ? [] : [`--version=${version}`]),
    ...(builtAt === '' ? [] : [`--built-at=${builtAt}`]),
    ...named.map((component) => `--component=${component}`),
  ];
}

function evidenceOption() {
  return evidence.length === 0 ? [] : [`--evidence=${file}`];
}

/** @param {{ tag: string, components: Record<string, string> }} release */
function describe({ tag, components }) {
  const rows = Object.entries(components).map(([name, artifact]) => `| ${name} | \`${artifact}\` |`);
  return [`### Release ${tag}`, '', '| component | what it is |', '|---|---|', ...rows].join('\n');
}

/** @param {string} name */
function linesOf(name) {
  return input(name)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
