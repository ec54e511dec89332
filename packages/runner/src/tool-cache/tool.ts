import { parseUses } from '../actions/uses.ts';

/** A tool that a setup action of GitHub's provides and that machines often have already. */
export type Tool = 'node' | 'python' | 'go' | 'java';

const SETUP_ACTIONS: Record<string, Tool> = {
  'actions/setup-node': 'node',
  'actions/setup-python': 'python',
  'actions/setup-go': 'go',
  'actions/setup-java': 'java',
};

/** The tool that a step's action looks for in the tool cache; undefined for all other actions. */
export function toolOfAction(uses: string): Tool | undefined {
  const parsed = parseUses(uses);
  return parsed.kind === 'remote' ? SETUP_ACTIONS[parsed.repository.toLowerCase()] : undefined;
}
