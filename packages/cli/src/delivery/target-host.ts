import type { TargetHost } from '@slipway/server/delivery';

/** Opens targets and metric providers, whose daemons are this program too. */
export function targetHost(): TargetHost {
  return {
    command: slipwayCommand,
    openTarget: async (options) => (await import('@slipway/targets')).openTarget(options),
    openMetrics: async (provider, options) =>
      (await import('@slipway/targets')).openMetricProvider(provider, options),
  };
}

/** How this very process was started, with other arguments. */
function slipwayCommand(args: string[]): { file: string; args: string[] } {
  const [, main = ''] = process.argv;
  return { file: process.execPath, args: [...process.execArgv, main, ...args] };
}
