import type { DeploymentAnswer } from '@slipway/contracts/api/delivery';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import type { DeliveryDesk } from '../delivery/delivery-desk.ts';
import { deploymentPlanText } from '../delivery/deployment-plan-text.ts';
import { followDeployment } from '../delivery/follow-deployment.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { printOut } from '../view/print.ts';
import { chooseStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'deploy',
  summary: 'bring a release to an environment, gradually, or say what that would do',
  description: [
    'The rules of the environment are those of slipway.yml on the default branch. A plan that was made with --plan in the same run, or is named with --plan-hash, is the only one that is carried out: if it does not fit any more, nothing happens.',
    'With --follow: what happens, as it happens; exit status 0 only if the deployment has completed, and 1 with the reason on the standard error if it was refused, taken back or blocked.',
    deskNote,
  ],
  argument: { name: 'ENVIRONMENT', repeatable: false, help: 'as slipway.yml names it' },
  options: [
    ...deskOptions,
    { name: 'release', value: 'RELEASE', help: 'id, tag, commit or latest (default)' },
    { name: 'plan', help: 'say what would be done, and keep the plan for approval; nothing is changed' },
    { name: 'plan-hash', value: 'HASH', help: 'only this plan may be carried out' },
    { name: 'urgent', help: 'passes peak hours, never a freeze or an approval' },
    { name: 'follow', help: 'wait for the end and print what happens' },
  ],
  examples: [
    { line: 'slipway deploy production --release latest --plan', says: 'what would be done' },
    { line: 'slipway deploy staging --release 12 --follow', says: 'until it serves all' },
  ],
};

export const deployCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [environment] = typed.arguments;
  const planHash = typed.values.get('plan-hash')?.[0];
  const mistakes: Mistake[] = [];
  if (environment === undefined) {
    mistakes.push({ message: 'there is no environment', mend: 'Name one of slipway.yml.' });
  }
  if (planHash !== undefined && !/^[0-9a-f]{64}$/.test(planHash)) {
    mistakes.push({ message: '--plan-hash is no hash', mend: 'Give the one that --plan printed.' });
  }
  if (environment === undefined || mistakes.length > 0) return refuse(mistakes);
  const request = {
    environment,
    release: typed.values.get('release')?.[0] ?? 'latest',
    haste: typed.switches.has('urgent') ? ('urgent' as const) : ('none' as const),
  };
  return withDesk(typed, async (desk) => {
    if (typed.switches.has('plan')) return showPlan(desk, request, typed);
    const deployment = await desk.deploy({ ...request, ...(planHash !== undefined && { planHash }) });
    return followOrName(desk, deployment, typed);
  });
}

async function showPlan(
  desk: DeliveryDesk,
  request: Parameters<DeliveryDesk['plan']>[0],
  typed: TypedArguments,
): Promise<number> {
  const made = await desk.plan(request);
  if (typed.switches.has('json')) printOut(`${JSON.stringify(made)}\n`);
  else printOut(deploymentPlanText(made, chooseStyle(process.env, await isTerminal(process.env))));
  return made.plan.findings.length === 0 ? exitStatus.success : exitStatus.failure;
}

/** Without a server this process drives the rollout, so it stays. */
export async function followOrName(
  desk: DeliveryDesk,
  deployment: DeploymentAnswer,
  typed: TypedArguments,
): Promise<number> {
  const json = typed.switches.has('json');
  const follows = desk.isLocal || typed.switches.has('follow');
  if (follows) {
    if (!json)
      printOut(`Deployment ${deployment.id}: ${deployment.release.tag} to ${deployment.environment}\n`);
    return followDeployment(desk, deployment.id, { json });
  }
  if (json) printOut(`${JSON.stringify(deployment)}\n`);
  else {
    printOut(
      `Deployment ${deployment.id} of ${deployment.release.tag} to ${deployment.environment} is ${deployment.state}.\n`,
    );
  }
  return exitStatus.success;
}
