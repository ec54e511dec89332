import { readFileSync } from 'node:fs';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { readAssignments } from '../event/assignments.ts';
import { readQuotas } from './read-quotas.ts';

/** What a project is to be, as the REST interface takes it; what was not typed is left out. */
export interface ProjectRequest {
  request: Record<string, unknown>;
  /** By name. */
  secrets: Record<string, string>;
  vars: Record<string, string>;
  mistakes: Mistake[];
}

export function readProjectRequest(typed: TypedArguments): ProjectRequest {
  const value = (option: string): string | undefined => typed.values.get(option)?.[0];
  const missed = value('missed-schedules');
  const subject = value('oidc-subject');
  const vars = readAssignments({
    typed: typed.values.get('var') ?? [],
    option: '--var',
    files: [],
    fileOption: '--var-file',
  });
  const secrets = readAssignments({
    typed: [],
    option: '--secret',
    files: typed.values.get('secret-file') ?? [],
    fileOption: '--secret-file',
  });
  const mistakes = [...vars.mistakes, ...secrets.mistakes];
  const given = {
    source: sourceOf(typed, mistakes),
    webhookSecret: readSecretFile(typed, 'webhook-secret-file', mistakes),
    githubToken: readSecretFile(typed, 'github-token-file', mistakes),
    defaultBranch: value('default-branch'),
    retentionDays: readCount(typed, 'retention-days', mistakes),
    rollbackReleases: readCount(typed, 'rollback-releases', mistakes),
    schedules: missed === undefined ? undefined : { missed },
    forkApproval: value('fork-approval'),
    keepFailedJobs: readSwitch(value('keep-failed-jobs'), mistakes),
    quotas: readQuotas(typed.values.get('quota') ?? [], mistakes),
    oidc: subject === undefined ? undefined : { subject },
  };
  const request = Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined));
  return { request, secrets: secrets.values, vars: vars.values, mistakes };
}

function sourceOf({ values, switches }: TypedArguments, mistakes: Mistake[]): object | undefined {
  const [cloneUrl] = values.get('clone-url') ?? [];
  const [apiUrl] = values.get('api-url') ?? [];
  const reports = values.get('reports')?.[0]?.split(',');
  if (switches.has('github')) {
    return {
      kind: 'github',
      ...(cloneUrl !== undefined && { cloneUrl }),
      ...(apiUrl !== undefined && { apiUrl }),
      ...(reports !== undefined && { reports }),
    };
  }
  for (const option of ['clone-url', 'api-url', 'reports'].filter((one) => values.has(one))) {
    mistakes.push({ message: `--${option} is for projects on GitHub`, mend: 'Give --github too.' });
  }
  return undefined;
}

function readSecretFile({ values }: TypedArguments, option: string, mistakes: Mistake[]): string | undefined {
  const path = values.get(option)?.[0];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    mistakes.push({ message: `--${option}: cannot read ${path}`, mend: 'Name a file that can be read.' });
    return undefined;
  }
}

function readSwitch(text: string | undefined, mistakes: Mistake[]): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'on' && text !== 'off') {
    mistakes.push({
      message: `--keep-failed-jobs '${text}' is neither on nor off`,
      mend: 'Write on or off.',
    });
  }
  return text === 'on';
}

function readCount({ values }: TypedArguments, option: string, mistakes: Mistake[]): number | undefined {
  const text = values.get(option)?.[0];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) {
    mistakes.push({ message: `--${option} '${text}' is no number`, mend: 'Write a whole number.' });
  }
  return Number(text);
}
