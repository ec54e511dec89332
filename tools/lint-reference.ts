import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rule, rules } from '../packages/workflow/src/lint/index.ts';
import { ruleExamples } from '../packages/workflow/src/lint/rule-examples.ts';
import { readerCodes } from '../packages/workflow/src/reader/reader-codes.ts';

/** `node tools/lint-reference.ts` writes docs/lint.md from the rules and their examples; with `--check` it only says whether it is current. */
const path = join(import.meta.dirname, '../docs/lint.md');

const introduction = `# What \`slipway lint\` finds

<!-- Made by tools/lint-reference.ts from the rules and their examples; change those. -->

\`slipway lint\` reads the workflows of \`.github/workflows\` and every \`action.yml\` of the repository. An **error** is what GitHub refuses, what fails when it
runs, or what lets outsiders run commands; everything else is a **warning**. The exit status is 1 only for errors. \`slipway run\` refuses what the reader
finds, and asks no rule.

Rules look at what is around a file, too: the other workflows of its folder, the workflows it calls, the manifests of local actions, and those of other
repositories that are in the cache. The network is asked only with \`--online\`: then refs that do not exist are errors, and \`moving-ref\` knows the commit
to pin, which \`--fix\` writes. What \`slipway lock\` has locked does not move.

Where shellcheck is installed, every script that bash or sh reads is given to it, with the options that the runner sets. \`\${{ }}\` stands for a word there;
what is said of constants, of variables that only the job has, and of mere style is left out.

A rule is silenced on one line by a comment with a reason, at its end or alone on the line before. What the reader refuses cannot be silenced.

\`\`\`yaml
- run: echo "\${{ github.head_ref }}" # slipway-ignore untrusted-input: only members of the team can push here
\`\`\`

\`--disable RULE\` asks a rule nowhere, \`--runner-label LABEL\` makes a label of your own runners known, \`--format json\` and \`sarif\` are for programs.

## Rules
`;

const reader = `## What the reader refuses

These are errors of the file's form; most of them GitHub reports with other words.

| code | meaning |
|---|---|
${Object.entries(readerCodes)
  .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`)
  .join('\n')}
`;

function section({ code, severity, why, mend, judgesActions }: Rule): string {
  const example = ruleExamples[code];
  if (!example) throw new Error(`no example of ${code}`);
  const scope = judgesActions ? ', in workflows and composite actions' : '';
  const yaml = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;
  return `### ${code}

*${severity}${scope}.* ${why}

${yaml(example.wrong)}

${mend}

${yaml(example.right)}
`;
}

const reference = [introduction, ...rules.map(section), reader].join('\n');

if (!process.argv.includes('--check')) writeFileSync(path, reference);
else if (readFileSync(path, 'utf8') !== reference) {
  process.stderr.write('docs/lint.md is not current: run node tools/lint-reference.ts\n');
  process.exitCode = 1;
}
