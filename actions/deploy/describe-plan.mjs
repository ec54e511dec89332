/**
 * What a deployment would do, in Markdown, for the people who approve it.
 * @param {any} plan a DeploymentPlan
 * @param {string} planHash
 */
export function describePlan(plan, planHash) {
  const { reviewers } = plan.protection;
  return [
    `### Deploy ${plan.release.tag} to ${plan.environment}`,
    '',
    '| component | now | next |',
    '|---|---|---|',
    ...plan.components.map(({ name, now, next }) => `| ${name} | ${short(now)} | ${short(next)} |`),
    '',
    `- target: ${plan.target}`,
    `- strategy: ${plan.strategy}, at least ${Math.round(plan.leastDurationMs / 1000)} s`,
    `- migrations: ${plan.migrations.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'none pending'}`,
    `- approval: ${reviewers.length === 0 ? 'none needed' : reviewers.join(' or ')}`,
    `- plan: \`${planHash}\``,
    ...plan.findings.map(({ code, message }) => `- **refused** (${code}): ${message}`),
  ].join('\n');
}

/** @param {string | null} digest */
function short(digest) {
  return digest === null ? '–' : `\`${digest.slice(0, 19)}\``;
}
