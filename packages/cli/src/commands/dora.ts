import type { DoraAnswer } from '@slipway/contracts/api/delivery';
import { durationText } from '@slipway/delivery';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'dora',
  summary: 'how often and how well changes reach an environment: the four figures of DORA',
  description: [
    'Deployment frequency: completed deployments a day. Lead time: median from the commit to its completion. Change failure rate: deployments that were rolled back or blocked, or taken back afterwards. Time to restore: median from the failure to the time at which all was well again.',
    deskNote,
  ],
  options: [
    ...deskOptions,
    { name: 'environment', value: 'NAME', help: 'default production' },
    { name: 'days', value: 'N', help: 'how far back; default 30' },
  ],
  examples: [{ line: 'slipway dora --days 90', says: 'of production' }],
};

export const doraCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const environment = typed.values.get('environment')?.[0] ?? 'production';
  const days = Number(typed.values.get('days')?.[0] ?? 30);
  if (!Number.isInteger(days) || days < 1 || days > 730) {
    return refuse([{ message: '--days is no number of days', mend: 'Write a whole number from 1 to 730.' }]);
  }
  return withDesk(typed, async (desk) => {
    const figures = await desk.dora(environment, days);
    printOut(typed.switches.has('json') ? `${JSON.stringify(figures)}\n` : doraText(figures));
    return exitStatus.success;
  });
}

function doraText(figures: DoraAnswer): string {
  const { environment, days, deployments, frequencyPerDay, leadTimeMs, changeFailureRate, failures } =
    figures;
  const time = (ms: number | null) => (ms === null ? 'none to tell' : durationText(ms));
  return `${environment}, last ${days} days\n${textTable([
    ['deployment frequency', `${Number(frequencyPerDay.toFixed(2))} a day (${deployments})`],
    ['lead time', time(leadTimeMs)],
    [
      'change failure rate',
      changeFailureRate === null ? 'none to tell' : `${Math.round(changeFailureRate * 100)} % (${failures})`,
    ],
    ['time to restore', time(figures.timeToRestoreMs)],
  ])}`;
}
