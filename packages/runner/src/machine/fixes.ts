import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findOnPath } from './binaries.ts';
import type { Finding } from './finding.ts';
import { installCommand, type PackageManager, packageOf, type Tool } from './package-manager.ts';

/** Commands that mend findings, in the order in which they have to run. */
export interface Fixes {
  commands: FixCommand[];
  /** Tools that this package manager doesn't have. */
  unavailable: Tool[];
}

export interface FixCommand {
  words: string[];
  needsRoot: boolean;
}

/** What would install everything that the findings miss. Warnings are left alone: what they name may never be needed. */
export function fixesFor(findings: Finding[], manager: PackageManager): Fixes {
  const tools = new Set<Tool>();
  for (const { status, tool } of findings) if (status === 'missing' && tool) tools.add(tool);
  const packages = new Set<string>();
  const unavailable: Tool[] = [];
  for (const tool of tools) {
    const name = packageOf(tool, manager);
    if (name) packages.add(name);
    else unavailable.push(tool);
  }
  const needsRoot = manager !== 'brew';
  const commands: FixCommand[] = [];
  if (packages.size > 0) {
    // A fresh Debian image has no list of packages.
    if (manager === 'apt-get') commands.push({ words: ['apt-get', 'update'], needsRoot });
    commands.push({ words: installCommand([...packages], manager), needsRoot });
  }
  return { commands, unavailable };
}

/**
 * Runs one command on the terminal, with sudo where it takes root and this user isn't.
 * @returns whether it succeeded; false too if root is needed and there is no sudo.
 */
export async function applyFix({ words, needsRoot }: FixCommand): Promise<boolean> {
  const asRoot = !needsRoot || process.getuid?.() === 0;
  const sudo = asRoot ? null : findOnPath('sudo');
  if (!asRoot && !sudo) return false;
  const [file, ...args] = sudo ? [sudo, ...words] : words;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(file!, args, { stdio: 'inherit', env });
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return status === 0;
  } catch {
    return false;
  }
}
