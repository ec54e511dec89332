import { type FillOptions, fillToolCache } from './fill-tool-cache.ts';
import { keepDownloads } from './kept-downloads.ts';
import { toolOfAction } from './tool.ts';

export interface MachineToolsOptions extends Omit<FillOptions, 'tool' | 'wanted'> {
  /** The step's `uses:`. */
  uses: string;
  /** The step's inputs, evaluated, keyed by name. */
  inputs: Record<string, string>;
  /** For people: what the machine offers; lines without newline. */
  log: (line: string) => void;
}

/**
 * Runs the main stage of an action. If it is one of GitHub's setup actions, the tool cache is filled before, and what it
 * downloads is kept after; for any other action this does nothing. That the machine has a tool only saves time: if
 * offering it fails, the action downloads.
 */
export async function withMachineTools<T>(
  options: MachineToolsOptions,
  runAction: () => Promise<T>,
): Promise<T> {
  const tool = toolOfAction(options.uses);
  if (tool === undefined) return await runAction();
  const wanted = Object.entries(options.inputs).find(
    ([name]) => name.toLowerCase() === `${tool}-version`,
  )?.[1];
  try {
    const offers = await fillToolCache({ ...options, tool, ...(wanted !== undefined && { wanted }) });
    const versions = offers.map(({ version }) => version).join(', ');
    options.log(offers.length === 0 ? `This machine has no ${tool}` : `This machine has ${tool} ${versions}`);
    for (const { note } of offers) if (note !== undefined) options.log(note);
  } catch (error) {
    options.signal.throwIfAborted();
    options.log(`The ${tool} of this machine could not be offered: ${messageOf(error)}`);
  }
  const result = await runAction();
  try {
    const kept = await keepDownloads({ ...options, tool });
    if (kept.length > 0) options.log(`Kept for later jobs: ${kept.join(', ')}`);
  } catch (error) {
    options.signal.throwIfAborted();
    options.log(`What was downloaded could not be kept: ${messageOf(error)}`);
  }
  return result;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
