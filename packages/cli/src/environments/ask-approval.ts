import { readFile } from 'node:fs/promises';
import { type DeliveryConfig, type Environment, readDeliveryConfig } from '@slipway/delivery';
import type { Entrant, EnvironmentGate } from '@slipway/server/runs';
import { meant } from '../command-line/suggestion.ts';
import { promptTerminal } from '../debug/prompt-terminal.ts';
import type { LocalGateOptions } from './local-gate.ts';

/** Null: it may enter; else why not. */
type Verdict = string | null;

/** Lets jobs in by the rules of the file: each environment is asked for once in a run, for all of its jobs. */
export async function askingGate(file: string, options: LocalGateOptions): Promise<EnvironmentGate> {
  const { value: config, diagnostics } = readDeliveryConfig({
    path: 'slipway.yml',
    content: await readFile(file, 'utf8'),
  });
  const [problem] = diagnostics.filter(({ severity }) => severity === 'error');
  const verdicts = new Map<string, Promise<Verdict>>();
  const ask = asker(options);
  const assess = (entrant: Entrant): Promise<Verdict> => {
    if (config === undefined || problem !== undefined) {
      const { line, column, message, mend } = problem ?? { line: 1, column: 1, message: '', mend: '' };
      return Promise.resolve(`slipway.yml:${line}:${column}: ${message} ${mend}`);
    }
    const environment = findEnvironment(config, entrant.environment);
    if (environment === undefined) return Promise.resolve(unknown(entrant.environment, config));
    if (environment.protection.reviewers.length === 0) return Promise.resolve(null);
    return ask(entrant, environment);
  };
  return {
    enter(entrant) {
      const key = JSON.stringify([entrant.run.runId, entrant.environment.toLowerCase()]);
      const verdict = verdicts.get(key) ?? assess(entrant);
      verdicts.set(key, verdict);
      verdict.then((refusal) => (refusal === null ? entrant.admit() : entrant.refuse(refusal)));
    },
  };
}

function asker({ session, approved, mayAsk }: LocalGateOptions) {
  const terminal = promptTerminal({ hold: () => session.view.hold?.() ?? (() => {}) });
  return async (entrant: Entrant, { name, protection }: Environment): Promise<Verdict> => {
    const { run, jobKey } = entrant;
    if (approved.some((one) => one.toLowerCase() === name.toLowerCase())) return null;
    if (!mayAsk) {
      return `${name} needs approval, and nobody can be asked here: give --approve ${name}`;
    }
    entrant.wait(`${name} needs approval`);
    const { signal } = session.interruption;
    return terminal.inTurn(async () => {
      terminal.print(`‖ ${name} needs approval; its reviewers are ${protection.reviewers.join(', ')}.`);
      terminal.print(
        `  ${run.workflowName} (${run.workflowPath}) at ${commitOf(run)}, with your working tree as it is:`,
      );
      terminal.print(`  job ${jobKey}, and every other job of this run that enters ${name}`);
      terminal.print(`Let it enter ${name}? [y/N]`);
      const answer = await terminal.ask(signal);
      const isYes = /^y(?:es)?$/i.test(answer?.trim() ?? '');
      return isYes ? null : `it was not approved for ${name}`;
    });
  };
}

function commitOf({ contexts: { github } }: Entrant['run']): string {
  return typeof github.sha === 'string' ? github.sha.slice(0, 7) : 'no commit';
}

function findEnvironment({ environments }: DeliveryConfig, name: string): Environment | undefined {
  return Object.values(environments).find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function unknown(name: string, { environments }: DeliveryConfig): string {
  const names = Object.keys(environments);
  const mend = meant(name, names) ?? `Define it under environments there, or use one of ${names.join(', ')}.`;
  return `there is no environment '${name}' in slipway.yml. ${mend}`;
}
