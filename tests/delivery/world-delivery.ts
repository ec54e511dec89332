import { type LocalDelivery, localRepository, openLocalDelivery } from '@slipway/server/delivery';
import { openMetricProvider, openTarget, type Target } from '@slipway/targets';
import { slipwayCommand } from '../slipway-process.ts';

/** Plain JSON: another process can open the same. */
export interface WorldPlaces {
  /** The repository. */
  directory: string;
  /** Where the delivery keeps everything. */
  state: string;
  variables: Record<string, string>;
}

/** The delivery of a world, in whatever process. */
export async function openWorldDelivery(
  { directory, state, variables }: WorldPlaces,
  {
    now = Date.now,
    around = (target) => target,
  }: { now?: () => number; around?: (target: Target) => Target } = {},
): Promise<LocalDelivery> {
  return openLocalDelivery({
    directory: state,
    repository: await localRepository(directory),
    host: {
      command(args) {
        const [file = '', ...words] = slipwayCommand(args);
        return { file, args: words };
      },
      openTarget: async (options) => around(await openTarget(options)),
      openMetrics: openMetricProvider,
    },
    variablesOf: () => variables,
    secretOf: () => undefined,
    now,
  });
}
