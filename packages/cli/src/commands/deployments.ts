import type { DeploymentAnswer, RolloutEnvironmentAnswer } from '@slipway/contracts/api/delivery';
import type { DeploymentPlan } from '@slipway/delivery';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import type { DeliveryDesk } from '../delivery/delivery-desk.ts';
import { deploymentPlanText } from '../delivery/deployment-plan-text.ts';
import { followDeployment } from '../delivery/follow-deployment.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { printOut } from '../view/print.ts';
import { chooseStyle, type Style } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'deployments',
  summary: 'list deployments and what runs where, show or follow one',
  description: [
    'Without DEPLOYMENT: what runs in each environment, whether it is frozen and whether something else runs than was deployed; then the deployments, the newest first. With DEPLOYMENT: its plan and everything that happened to it, with weights, verdicts and evidence.',
    deskNote,
  ],
  argument: { name: 'DEPLOYMENT', repeatable: false, help: 'its number' },
  options: [
    ...deskOptions,
    { name: 'environment', value: 'NAME', help: 'only those of this one' },
    { name: 'limit', value: 'N', help: 'how many; default 20' },
    { name: 'follow', help: 'of one: until it has ended; without a server it is driven by this' },
  ],
  examples: [
    { line: 'slipway deployments --environment production', says: 'the last twenty' },
    { line: 'slipway deployments 12', says: 'all about one' },
  ],
};

export const deploymentsCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [text] = typed.arguments;
  const limit = Number(typed.values.get('limit')?.[0] ?? 20);
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) {
    return refuse([{ message: `'${text}' is no number of a deployment`, mend: 'Name one that is listed.' }]);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return refuse([{ message: '--limit is no number', mend: 'Write a whole number from 1 to 100.' }]);
  }
  const style = chooseStyle(process.env, await isTerminal(process.env));
  return withDesk(typed, async (desk) => {
    const json = typed.switches.has('json');
    if (text === undefined) {
      const environment = typed.values.get('environment')?.[0];
      return list(desk, { environment, limit, json, style });
    }
    const id = Number(text);
    if (typed.switches.has('follow')) return followDeployment(desk, id, { json });
    return show(desk, id, { json, style });
  });
}

interface Listing {
  environment: string | undefined;
  limit: number;
  json: boolean;
  style: Style;
}

async function list(desk: DeliveryDesk, { environment, limit, json, style }: Listing): Promise<number> {
  const deployments = await desk.deployments({ environment, limit });
  if (json) {
    for (const deployment of deployments) printOut(`${JSON.stringify(deployment)}\n`);
    return exitStatus.success;
  }
  const environments = (await desk.environments()).filter(
    ({ name }) => environment === undefined || name.toLowerCase() === environment.toLowerCase(),
  );
  for (const one of environments) printOut(`${environmentLines(one, style).join('\n')}\n`);
  if (deployments.length === 0) printOut('Nothing was deployed yet.\n');
  else printOut(`\n${textTable(deployments.map((one) => rowOf(one, style)))}`);
  return exitStatus.success;
}

function environmentLines(
  { name, release, active, frozen, drift }: RolloutEnvironmentAnswer,
  style: Style,
): string[] {
  const runs =
    release === null ? 'nothing has completed here' : `runs ${release.tag} (release ${release.id})`;
  return [
    `${style.bold(name)}  ${runs}${active === null ? '' : `; deployment ${active} is under way`}`,
    ...(frozen === null ? [] : [`  ${style.mark('failure')} frozen: ${frozen}`]),
    ...(drift?.findings ?? []).map((one) => `  ${style.mark('failure')} drift: ${one}`),
  ];
}

function rowOf(
  { id, environment, release, state, requestedBy, requestedAt, haste, weight, cause }: DeploymentAnswer,
  style: Style,
): string[] {
  const mark =
    state === 'completed'
      ? style.mark('success')
      : ['rolled-back', 'blocked', 'refused'].includes(state)
        ? style.mark('failure')
        : state === 'cancelled'
          ? style.mark('cancelled')
          : '…';
  return [
    mark,
    String(id),
    environment,
    release.tag,
    haste === 'none' ? state : `${state} (${haste})`,
    weight === null ? '-' : `${weight} %`,
    requestedBy,
    new Date(requestedAt).toISOString().slice(0, 16).replace('T', ' '),
    cause?.kind ?? '',
  ];
}

async function show(
  desk: DeliveryDesk,
  id: number,
  { json, style }: { json: boolean; style: Style },
): Promise<number> {
  const detail = await desk.deployment(id);
  const events = await desk.history(id);
  if (json) {
    printOut(`${JSON.stringify({ ...detail, events })}\n`);
    return exitStatus.success;
  }
  const { plan, planHash, ...deployment } = detail;
  printOut(deploymentPlanText({ plan: plan as unknown as DeploymentPlan, planHash }, style));
  printOut(`\n${style.bold('What happened')}\n`);
  for (const event of events) {
    const weight = event.weight === null ? '' : `${event.weight} %`;
    for (const line of event.lines) {
      printOut(
        `${new Date(event.at).toISOString().slice(0, 19).replace('T', ' ')}  ${weight.padStart(5)}  ${line}\n`,
      );
    }
  }
  const { state, step, waiting, cause } = deployment;
  printOut(
    `\n${style.bold(state)}${step === null ? '' : `, ${step.text}`}${waiting === null ? '' : `: ${waiting}`}\n`,
  );
  if (cause !== null)
    printOut(`${cause.kind}${cause.by === undefined ? '' : ` by ${cause.by}`}: ${cause.reason}\n`);
  return exitStatus.success;
}
