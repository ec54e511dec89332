import { sizeText } from '@slipway/contracts/size-text';
import type { Artifact, KeptResults } from '@slipway/server/kept-results';
import { chooseArtifacts } from '../artifacts/choose-artifact.ts';
import { openLocalResults, readRunOption, runNumbers } from '../artifacts/local-results.ts';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { withoutControl } from '../view/control-sequences.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'artifacts',
  summary: 'list, download or delete the artifacts of runs',
  description: [
    'ACTION is list (default), download NAME or delete NAME. Without --run a download takes the newest artifact of that name.',
    'An archive is unpacked into a new folder with the name of the artifact. One whose entries lead out of it, are links, or unpack to more than any honest archive does is not unpacked.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, download NAME, delete NAME' },
  options: [
    { name: 'run', value: 'N', help: 'of this run; its number, as slipway runs shows it' },
    { name: 'dir', value: 'DIR', help: 'download into this folder, which is new or empty' },
    { name: 'zip', help: 'download the archive as it is' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway artifacts', says: 'what there is' },
    { line: 'slipway artifacts download coverage --dir out', says: 'the newest of that name' },
    { line: 'slipway artifacts delete coverage --run 12', says: 'that of one run' },
  ],
};

export const artifactsCommand: Command = { spec, execute };

interface Asked {
  root: string;
  results: KeptResults;
  typed: TypedArguments;
  numbers: ReadonlyMap<string, number>;
  runId: string | undefined;
}

const actions: Record<string, (asked: Asked, name: string) => Promise<number>> = {
  list,
  download,
  delete: remove,
};

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', name, surplus] = typed.arguments;
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  const mistake = assessArguments(action, name, surplus);
  if (act === undefined || mistake !== null) return refuse([mistake ?? unknownAction(action)]);
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const numbers = runNumbers(root);
  const run = readRunOption(typed.values.get('run')?.[0], numbers);
  if (run.mistake !== null) return refuse([run.mistake]);
  const { results, mistake: closed } = await openLocalResults(root);
  if (closed !== null) return refuse([closed]);
  if (results === null) {
    if (action !== 'list') return refuse([chooseArtifacts([], { name: name ?? '', ...run }).mistake!]);
    if (!typed.switches.has('json')) printOut(nothing);
    return exitStatus.success;
  }
  try {
    return await act({ root, results, typed, numbers, runId: run.runId }, name ?? '');
  } finally {
    await results.close();
  }
}

function assessArguments(
  action: string,
  name: string | undefined,
  surplus: string | undefined,
): Mistake | null {
  if (!Object.hasOwn(actions, action)) return unknownAction(action);
  const unexpected = action === 'list' ? name : surplus;
  if (unexpected !== undefined) {
    return {
      message: `unexpected argument '${unexpected}'`,
      mend: "Run 'slipway artifacts --help' for what it takes.",
    };
  }
  if (action === 'list' || name !== undefined) return null;
  return { message: `which artifact to ${action}?`, mend: `Write slipway artifacts ${action} NAME.` };
}

function unknownAction(action: string): Mistake {
  const mend = meant(action, Object.keys(actions)) ?? 'Write list, download NAME or delete NAME.';
  return { message: `artifacts cannot '${action}'`, mend };
}

const nothing = 'No artifacts.\n';

async function list({ results, typed, numbers, runId }: Asked): Promise<number> {
  const artifacts = await results.artifacts(runId === undefined ? {} : { runId });
  const shown = artifacts.map((artifact) => describe(artifact, numbers));
  if (typed.switches.has('json')) {
    for (const one of shown) printOut(`${JSON.stringify(one)}\n`);
  } else if (shown.length === 0) printOut(nothing);
  else {
    const rows = shown.map(({ name, sizeBytes, run, createdAt, untrusted }) => [
      name,
      sizeText(sizeBytes),
      `run ${run ?? '-'}`,
      createdAt.slice(0, 16).replace('T', ' '),
      untrusted ? 'untrusted' : '',
    ]);
    printOut(withoutControl(Buffer.from(textTable(rows, { rightAligned: [1] }))).toString());
  }
  return exitStatus.success;
}

function describe(artifact: Artifact, numbers: ReadonlyMap<string, number>) {
  const { name, sizeBytes, digest, mimeType, untrusted } = artifact;
  return {
    name,
    run: numbers.get(artifact.runId) ?? null,
    job: artifact.jobKey,
    sizeBytes,
    digest,
    mimeType,
    untrusted,
    createdAt: new Date(artifact.createdAt).toISOString(),
    expiresAt: new Date(artifact.expiresAt).toISOString(),
  };
}

async function download({ results, typed, runId }: Asked, name: string): Promise<number> {
  const { chosen, mistake } = chooseArtifacts(await results.artifacts(), { name, runId });
  const [artifact] = chosen ?? [];
  if (artifact === undefined) return refuse(mistake === null ? [] : [mistake]);
  const { downloadArtifact } = await import('../artifacts/download-artifact.ts');
  const done = await downloadArtifact(artifact, {
    file: results.fileOf(artifact.digest),
    folder: typed.values.get('dir')?.[0] ?? null,
    from: process.cwd(),
    packed: typed.switches.has('zip'),
  });
  if (done.mistake !== null) {
    refuse([done.mistake]);
    return exitStatus.failure;
  }
  printOut(`${done.path}: ${done.files} file${done.files === 1 ? '' : 's'}\n`);
  return exitStatus.success;
}

async function remove({ results, numbers, runId }: Asked, name: string): Promise<number> {
  const { chosen, mistake } = chooseArtifacts(await results.artifacts(), { name, runId });
  if (chosen === null) return refuse([mistake]);
  if (chosen.length > 1) {
    const runs = chosen.map((artifact) => numbers.get(artifact.runId) ?? '-').join(', ');
    return refuse([
      { message: `several runs have an artifact '${name}': ${runs}`, mend: 'Say which with --run N.' },
    ]);
  }
  await results.deleteArtifacts(chosen.map(({ id }) => id));
  printOut(`deleted ${name}\n`);
  return exitStatus.success;
}
