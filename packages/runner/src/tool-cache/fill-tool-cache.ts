import { offerKept } from './kept-downloads.ts';
import type { Tool } from './tool.ts';

export interface FillOptions {
  /** What to look for: {@link toolOfAction} of the step. */
  tool: Tool;
  /** `RUNNER_TOOL_CACHE` of the job. */
  toolCache: string;
  slipwayHome: string;
  /** PATH and the version managers' variables, as the machine's user has them. */
  env: Readonly<NodeJS.ProcessEnv>;
  /** The step's version input, if it has one: versions that it excludes may be left out. */
  wanted?: string;
  signal: AbortSignal;
}

/** One version that the tool cache has now. */
export interface Offer {
  /** Folder in the tool cache: `node`, `Python`, `go`, `Java_Temurin-Hotspot_jdk`. */
  name: string;
  version: string;
  /** Where it is on the machine. */
  from: string;
  /** For people, if it is not quite what its name says. */
  note?: string;
}

/**
 * Puts what the machine has of one tool into a job's tool cache, laid out as @actions/tool-cache expects, and what
 * earlier jobs have downloaded, so that the setup action finds it and downloads nothing. To be called before the setup
 * action's step; a second call for the same job costs little.
 */
export async function fillToolCache(options: FillOptions): Promise<Offer[]> {
  const offers = await offerOf(options);
  return [...offers, ...(await offerKept(options))];
}

/** Loaded one by one: most jobs need none, few need more than one. */
async function offerOf(options: FillOptions): Promise<Offer[]> {
  switch (options.tool) {
    case 'node':
      return await (await import('./offer-node.ts')).offerNode(options);
    case 'python':
      return await (await import('./offer-python.ts')).offerPython(options);
    case 'go':
      return await (await import('./offer-go.ts')).offerGo(options);
    case 'java':
      return await (await import('./offer-java.ts')).offerJava(options);
  }
}
