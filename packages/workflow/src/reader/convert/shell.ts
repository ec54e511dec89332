import { nearestName } from '../../model/nearest-name.ts';
import type { Template } from '../../model/template.ts';
import type { Findings } from '../findings.ts';
import { textOf } from './access.ts';

/** Shells that runners know by name. `cmd` and `powershell` exist on Windows only. */
export const knownShells = ['bash', 'sh', 'pwsh', 'python', 'powershell', 'cmd'] as const;

/**
 * Checks a literal `shell:`: a known name, or a command with `{0}` in the place of the script's path.
 * @see actions/runner, src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs
 */
export function checkShell(findings: Findings, shell: Template | undefined): void {
  const text = textOf(shell);
  if (shell === undefined || text === undefined || text === '' || text.includes('{0}')) return;
  const name = text.trim().split(/\s+/)[0] ?? '';
  if ((knownShells as readonly string[]).includes(text.trim().toLowerCase())) return;
  const guess = nearestName(name, knownShells);
  findings.add({
    at: shell.at,
    code: 'unknown-shell',
    message: `\`${text}\` is not a shell that runners know.`,
    mend:
      guess === undefined || text.trim() !== name
        ? `Use ${knownShells.join(', ')}, or a command with \`{0}\` for the script: \`${text} {0}\`.`
        : `Did you mean \`${guess}\`?`,
  });
}
