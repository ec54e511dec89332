import { StepError } from './step-error.ts';

/** How a `run:` script is started. */
export interface ShellCommand {
  /** Names to look for on the PATH, the first that exists is taken. */
  programs: string[];
  /** `{0}` stands for the script's path. */
  format: string;
  /** Of the script file; some programs insist. */
  extension: string;
  /** What the script needs around it. */
  wrap(script: string): string;
}

const asItIs = (script: string) => script;

/**
 * What `shell:` means; '' and undefined are the default: bash if there is one, else sh, stopping at the first failure.
 * Errors: StepError for a shell that is neither known nor has a `{0}`.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs
 */
export function understandShell(shell: string | undefined): ShellCommand {
  if (shell === undefined || shell === '') {
    return { programs: ['bash', 'sh'], format: '-e {0}', extension: '.sh', wrap: asItIs };
  }
  const space = shell.indexOf(' ');
  const name = space === -1 ? shell : shell.slice(0, space);
  const args = space === -1 ? '' : shell.slice(space + 1).trimStart();
  const known = knownShells[name.toLowerCase()];
  const format = args === '' ? (known?.format ?? '') : args;
  if (!format.includes('{0}')) {
    throw new StepError(
      `'${shell}' is not a shell that can run the step`,
      "Use bash, sh, python or pwsh, or a command that holds '{0}' where the script's path belongs.",
    );
  }
  return {
    programs: known?.programs ?? [name],
    format,
    extension: known?.extension ?? '',
    wrap: known?.wrap ?? asItIs,
  };
}

const knownShells: Record<string, ShellCommand | undefined> = {
  bash: {
    programs: ['bash'],
    format: '--noprofile --norc -e -o pipefail {0}',
    extension: '.sh',
    wrap: asItIs,
  },
  sh: { programs: ['sh'], format: '-e {0}', extension: '.sh', wrap: asItIs },
  // Debian has no `python` without a package of its own.
  python: { programs: ['python', 'python3'], format: '{0}', extension: '.py', wrap: asItIs },
  pwsh: { programs: ['pwsh'], format: `-command ". '{0}'"`, extension: '.ps1', wrap: wrapPowershell },
  powershell: {
    programs: ['powershell'],
    format: `-command ". '{0}'"`,
    extension: '.ps1',
    wrap: wrapPowershell,
  },
};

function wrapPowershell(script: string): string {
  return [
    "$ErrorActionPreference = 'stop'",
    script,
    'if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }',
  ].join('\n');
}
