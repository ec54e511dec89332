import type { ProtectionPlanAnswer } from '@slipway/contracts/api/pull-requests';
import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import type { EventSources } from '../events/event-sources.ts';
import { callGithub, GithubError } from '../github/github-client.ts';
import { fetchCurrent } from '../github/mirror.ts';
import type { Project } from '../projects/find-project.ts';
import { readCredentials } from '../secrets/project-credentials.ts';
import { type GithubProtection, githubProtectionBody, planGithubProtection } from './github-protection.ts';
import type { Protection, ProtectionRules } from './protection-rules.ts';
import { rulesInForce } from './rules-in-force.ts';

type BranchPlan = ProtectionPlanAnswer['branches'][number];

export interface ProtectionSync {
  /** False: only says what would be changed. */
  apply: boolean;
  actor: string;
}

/**
 * Makes GitHub protect branches as `.github/branch-protection.yml` of the default branch says. Branches that the file does not name are left
 * alone.
 * @throws SlipwayError `bad-request`, `invalid-protection`, `github-unreachable`
 */
export async function syncGithubProtection(
  sources: EventSources,
  project: Project,
  { apply, actor }: ProtectionSync,
): Promise<ProtectionPlanAnswer> {
  const github = await openGithub(sources, project);
  const branches: BranchPlan[] = [];
  for (const rules of await readRules(sources, project)) {
    const { plan, known } = await planBranch(github, rules);
    branches.push(plan);
    if (!apply || (plan.kind !== 'change' && plan.kind !== 'create')) continue;
    await github('PUT', rules.name, githubProtectionBody(rules, known));
    await recordAudit(sources.store, {
      at: sources.now(),
      actor,
      action: 'protection.applied',
      project: project.name,
      subject: `branch ${rules.name}`,
      outcome: 'done',
      detail: { changes: plan.changes },
    });
  }
  return { branches, applied: apply };
}

async function readRules(sources: EventSources, project: Project): Promise<Protection> {
  await fetchCurrent(sources, project);
  const { protection, diagnostics } = await rulesInForce(sources, project);
  const [first] = diagnostics;
  if (first === undefined) return protection;
  const { file, line, column, message, mend } = first;
  throw new SlipwayError('invalid-protection', { message: `${file}:${line}:${column}: ${message} ${mend}` });
}

async function planBranch(
  github: GithubBranches,
  rules: ProtectionRules,
): Promise<{ plan: BranchPlan; known: GithubProtection | null }> {
  const { name } = rules;
  if (/[*?]/.test(name)) return { plan: { name, kind: 'pattern', changes: [] }, known: null };
  const known = await github('GET', name);
  if (known === 'no-branch') return { plan: { name, kind: 'unknown-branch', changes: [] }, known: null };
  return { plan: planGithubProtection(rules, known), known };
}

/** Asks GitHub of the protection of a branch. Null: it has none. */
type GithubBranches = (
  method: 'GET' | 'PUT',
  branch: string,
  body?: object,
) => Promise<GithubProtection | null | 'no-branch'>;

async function openGithub({ secrets, now }: EventSources, project: Project): Promise<GithubBranches> {
  const { source } = project.settings;
  if (source.kind !== 'github') {
    throw new SlipwayError('bad-request', {
      message: 'The project is not on GitHub: its rules are in force already.',
    });
  }
  const { githubToken: token } = await readCredentials(secrets, project.name);
  if (token === undefined) {
    throw new SlipwayError('github-unreachable', { message: `${project.name} has no token for GitHub.` });
  }
  return async (method, branch, body) => {
    const path = `/repos/${project.name}/branches/${encodeURIComponent(branch)}/protection`;
    const call = { apiUrl: source.apiUrl, token, method, path, now, ...(body !== undefined && { body }) };
    try {
      return (await callGithub(call)) as GithubProtection;
    } catch (cause) {
      if (!(cause instanceof GithubError)) throw cause;
      if (method === 'GET' && cause.status === 404) {
        return /Branch not protected/i.test(cause.message) ? null : 'no-branch';
      }
      throw new SlipwayError('github-unreachable', { message: cause.message, cause });
    }
  };
}
