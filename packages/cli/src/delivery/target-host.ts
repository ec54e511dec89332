import type { TargetHost } from '@slipway/server/delivery';

/** Opens targets and metric providers, whose daemons are this program too. */
export function targetHost(): TargetHost {
  return {
    command: slipwayCommand,
    async openTarget({ target }) {
      throw new Error(`there is no target of kind ${target.kind} here`);
    },
    async openMetrics(provider) {
      throw new Error(`there is no metric provider ${provider} here`);
    },
  };
}

/** How this very process was started, with other arguments. */
function slipwayCommand(args: string[]): { file: string; args: string[] } {
  const [, main = ''] = process.argv;
  return { file: process.execPath, args: [...process.execArgv, main, ...args] };
}
