import type { JobLog } from '../journal/job-log.ts';
import { jsonView } from './json-view.ts';
import { descriptorOutput } from './output.ts';
import { plainView } from './plain-view.ts';
import type { RunPicture } from './run-picture.ts';
import type { RunView } from './run-view.ts';
import { spooledOutput } from './spool.ts';
import { chooseStyle } from './style.ts';
import { isTerminal } from './terminal.ts';

export interface ViewOptions {
  json: boolean;
  environment: NodeJS.ProcessEnv;
  picture: RunPicture;
  logOf(runId: string, jobKey: string): JobLog;
  /** A file that may be made for output that its reader has not taken yet. */
  spoolPath: string;
  /** Nobody reads any more. */
  onBroken(): void;
}

/** JSON where it is asked for, a live view on a terminal, else plain logs. */
export async function chooseView(options: ViewOptions): Promise<RunView> {
  const { json, environment, picture, logOf, spoolPath, onBroken } = options;
  if (json) return jsonView(spooledOutput(descriptorOutput(1, onBroken), spoolPath));
  const style = chooseStyle(environment, await isTerminal(environment));
  if (!(await isTerminal(environment))) {
    return plainView({ output: descriptorOutput(1, onBroken), picture, style, logOf });
  }
  const { liveView } = await import('./live-view.ts');
  process.stdout.on('error', onBroken);
  return liveView({ terminal: process.stdout, picture, style, clock: Date.now });
}
