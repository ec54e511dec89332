import type { ReleaseAnswer } from '@slipway/contracts/api/delivery';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { bundleFolder } from '../delivery/bundle-folder.ts';
import type { DeliveryDesk } from '../delivery/delivery-desk.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { type ReleaseRequest, readReleaseRequest } from '../delivery/release-request.ts';
import { statementText } from '../delivery/statement-text.ts';
import { showProvenance, verifyCommand } from '../delivery/verify-command.ts';
import { printError, printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'release',
  summary: 'report builds as releases, list and show them',
  description: [
    'ACTION is create, list (default), show RELEASE, verify RELEASE or evidence RELEASE. A release is one immutable build: a commit, a digest for each component of its slipway.yml, and evidence of how it was checked. RELEASE is an id, a tag, a commit or latest.',
    'A server signs for each component which job of which run of which commit released it. verify holds that against the release, by the keys of the server, or by those that were saved: then, with the attestations in a file too, nobody is asked. Exit status 1: of some component nothing is proven.',
    deskNote,
  ],
  argument: {
    name: 'ACTION',
    repeatable: true,
    help: 'create, list, show RELEASE, verify RELEASE, evidence RELEASE',
  },
  options: [
    ...deskOptions,
    { name: 'commit', value: 'COMMIT', help: 'what was built; default GITHUB_SHA, else HEAD' },
    {
      name: 'ref',
      value: 'REF',
      help: 'refs/heads/… or refs/tags/… it was built from; default that of the run',
    },
    { name: 'version', value: 'VERSION', help: 'default: what git describe says' },
    {
      name: 'built-at',
      value: 'TIME',
      help: 'for the tag, as 2026-11-25T14:46:58Z or 20261125T144658Z; default now',
    },
    {
      name: 'component',
      value: 'NAME=REFERENCE',
      repeatable: true,
      help: 'sha256:… of a bundle that was uploaded, or repository@sha256:… of an image',
    },
    { name: 'bundle', value: 'NAME=DIR', repeatable: true, help: 'packs the folder and uploads it' },
    { name: 'test', value: 'NAME=CONCLUSION', repeatable: true, help: 'evidence: a suite and how it ended' },
    { name: 'evidence', value: 'FILE', repeatable: true, help: 'evidence as JSON, an object or an array' },
    { name: 'provenance', help: 'show what the server has signed about the release' },
    { name: 'keys', value: 'FILE', help: 'trust these keys: /attestations/jwks of the server, saved before' },
    {
      name: 'attestations',
      value: 'FILE',
      help: 'what show --provenance --json printed, instead of asking the server',
    },
    { name: 'limit', value: 'N', help: 'how many are listed; default 20' },
  ],
  examples: [
    {
      line: 'slipway release create --bundle api=dist/api --bundle worker=dist/worker --test ci=success',
      says: 'packs, uploads and reports',
    },
    {
      line: 'slipway release verify latest --keys jwks.json',
      says: 'who built what, by keys that were saved',
    },
    { line: 'slipway release evidence latest --test e2e=success', says: 'what was found out later' },
  ],
};

export const releaseCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', reference, surplus] = typed.arguments;
  const request = readReleaseRequest(typed);
  const limit = Number(typed.values.get('limit')?.[0] ?? 20);
  const mistakes = [...assessArguments({ action, reference, surplus, limit }), ...request.mistakes];
  if (mistakes.length > 0) return refuse(mistakes);
  if (action === 'verify') return verifyCommand(reference ?? '', typed);
  const json = typed.switches.has('json');
  return withDesk(typed, async (desk) => {
    switch (action) {
      case 'create':
        return create(desk, request, typed);
      case 'evidence':
        print(await desk.addEvidence(reference ?? '', request.evidence), json);
        return exitStatus.success;
      case 'show':
        if (typed.switches.has('provenance')) return showProvenance(desk, reference ?? '', typed);
        print(await desk.release(reference ?? ''), json);
        return exitStatus.success;
      default:
        return list(await desk.releases(limit), json);
    }
  });
}

interface Typed {
  action: string;
  reference: string | undefined;
  surplus: string | undefined;
  limit: number;
}

function assessArguments({ action, reference, surplus, limit }: Typed): Mistake[] {
  const actions = ['create', 'list', 'show', 'verify', 'evidence'];
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write create, list, show, verify or evidence.';
    return [{ message: `there is no action '${action}'`, mend }];
  }
  const needsReference = ['show', 'verify', 'evidence'].includes(action);
  if (needsReference && reference === undefined) {
    return [
      { message: `${action} needs a release`, mend: `Write release ${action} ID, TAG, COMMIT or latest.` },
    ];
  }
  const unexpected = needsReference ? surplus : reference;
  if (unexpected !== undefined) {
    return [{ message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' }];
  }
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return [];
  return [{ message: '--limit is no number of releases', mend: 'Write a whole number from 1 to 100.' }];
}

async function create(
  desk: DeliveryDesk,
  { components, bundles, evidence, builtAt }: ReleaseRequest,
  typed: TypedArguments,
): Promise<number> {
  const references = { ...components };
  for (const [name, directory] of Object.entries(bundles)) {
    try {
      references[name] = (await bundleFolder(desk, directory)).digest;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'BundleError') throw error;
      printError(`slipway: --bundle ${name}: ${error.message}\n`);
      return exitStatus.failure;
    }
  }
  const value = (option: string) => typed.values.get(option)?.[0];
  const [ref, version] = [value('ref'), value('version')];
  const release = await desk.createRelease({
    commit: value('commit') ?? (process.env.GITHUB_SHA || 'HEAD'),
    components: references,
    evidence,
    ...(ref !== undefined && { ref }),
    ...(version !== undefined && { version }),
    ...(builtAt !== undefined && { builtAt }),
  });
  print(release, typed.switches.has('json'));
  return exitStatus.success;
}

function print(release: ReleaseAnswer, json: boolean): void {
  if (json) {
    printOut(`${JSON.stringify(release)}\n`);
    return;
  }
  const rows = [
    ['release', String(release.id)],
    ['tag', release.tag],
    ['commit', release.commit],
    ['from', release.ref],
    ...Object.entries(release.components).map(([name, reference]) => [name, reference]),
    ...release.evidence.map((one) => [
      one.kind,
      one.kind === 'tests' ? `${one.name}: ${one.conclusion}` : one.digest,
      statementText(one.statedBy),
    ]),
  ];
  printOut(textTable(rows));
}

function list(releases: readonly ReleaseAnswer[], json: boolean): number {
  if (json) for (const release of releases) printOut(`${JSON.stringify(release)}\n`);
  else if (releases.length === 0) printOut('There is no release yet.\n');
  else {
    const rows = releases.map(({ id, tag, commit, createdAt }) => [
      String(id),
      tag,
      commit.slice(0, 12),
      new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
    ]);
    printOut(textTable(rows, { rightAligned: [0] }));
  }
  return exitStatus.success;
}
