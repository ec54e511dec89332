import { slipway } from '../slipway.mjs';
import { annotate, fail, input, setOutput, summarize } from '../step.mjs';
import { describePlan } from './describe-plan.mjs';

const environment = input('ENVIRONMENT');
const request = [
  'deploy',
  environment,
  `--release=${input('RELEASE')}`,
  '--json',
  ...(input('URGENT') === 'true' ? ['--urgent'] : []),
];
if (input('PLAN') === 'true') await plan();
else await deploy();

async function plan() {
  const { status, lines } = await slipway([...request, '--plan']);
  if (lines.length === 0) fail('Plan', `There is no plan for ${environment}; the reason is above.`);
  const { plan: made, planHash } = JSON.parse(lines.at(-1));
  const text = describePlan(made, planHash);
  process.stdout.write(`${text}\n`);
  summarize(text);
  setOutput('plan-hash', planHash);
  for (const { code, message, mend } of made.findings)
    annotate('error', `Policy: ${code}`, `${message} ${mend}`);
  if (input('EXPECT_NO_MIGRATIONS') === 'true' && made.migrations.length > 0) {
    const names = made.migrations.map(({ name }) => name).join(', ');
    fail(
      'Plan',
      `Migrations can't be skipped, since some are pending: ${names}. Deploy with them, or a release without them.`,
    );
  }
  if (status !== 0) fail('Plan', `${environment} does not take this release.`);
}

async function deploy() {
  const planHash = input('PLAN_HASH');
  const args = [...request, '--follow', ...(planHash === '' ? [] : [`--plan-hash=${planHash}`])];
  const { status, lines } = await slipway(args, { onLine: show });
  const last = JSON.parse(lines.at(-1) ?? '{}');
  if (last.kind !== 'summary')
    fail(
      'Deploy',
      `The deployment to ${environment} was not begun, or was lost sight of; the reason is above.`,
    );
  setOutput('deployment', last.id);
  setOutput('state', last.state);
  if (last.planHash) setOutput('plan-hash', last.planHash);
  const reason = last.cause ? `: ${last.cause.reason}` : '';
  summarize(`### ${environment}: ${last.state}\n\nDeployment ${last.id} of ${last.release.tag}${reason}`);
  if (status !== 0)
    fail(
      'Deploy',
      `Deployment ${last.id} of ${last.release.tag} to ${environment} is ${last.state}${reason}`,
    );
}

/** @param {string} line */
function show(line) {
  const event = JSON.parse(line);
  if (event.kind !== 'event') return;
  const time = new Date(event.at).toISOString().slice(11, 19);
  const weight = event.weight === null ? '     ' : `${String(event.weight).padStart(3)} %`;
  for (const sentence of event.lines) process.stdout.write(`${time} ${weight}  ${sentence}\n`);
}
