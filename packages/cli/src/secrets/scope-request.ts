import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';

/** Where secrets and variables are set. */
export const scopeOptions: readonly OptionSpec[] = [
  { name: 'org', value: 'OWNER', help: 'of all projects of this owner' },
  { name: 'project', value: 'OWNER/NAME', help: 'of this project; default GITHUB_REPOSITORY' },
  { name: 'env', value: 'NAME', help: 'of this environment of the project' },
];

/** The place in the REST interface that `--org`, `--project` and `--env` name. */
export function readScope(
  { values }: TypedArguments,
  { GITHUB_REPOSITORY }: NodeJS.ProcessEnv,
): { path: string; mistake: null } | { path: null; mistake: Mistake } {
  const org = values.get('org')?.[0];
  const environment = values.get('env')?.[0];
  const named = values.get('project')?.[0];
  if (org !== undefined && (named !== undefined || environment !== undefined)) {
    return wrong('--org stands with --project or --env', 'Give --org alone, or leave it out.');
  }
  if (org !== undefined) return { path: `/organizations/${encodeURIComponent(org)}`, mistake: null };
  const project = named ?? (GITHUB_REPOSITORY || undefined);
  if (project === undefined) {
    return wrong(
      'it is not said whose',
      'Give --project OWNER/NAME, with --env NAME for an environment, or --org OWNER.',
    );
  }
  if (!/^[^/\s]+\/[^/\s]+$/.test(project)) {
    return wrong(`'${project}' is no name of a project`, 'Write it as OWNER/NAME.');
  }
  const below = environment === undefined ? '' : `/environments/${encodeURIComponent(environment)}`;
  return { path: `/projects/${project}${below}`, mistake: null };
}

function wrong(message: string, mend: string): { path: null; mistake: Mistake } {
  return { path: null, mistake: { message, mend } };
}
