import { describe, expect, test } from 'vitest';
import { understandShell } from './shells.ts';
import { StepError } from './step-error.ts';

describe('understandShell', () => {
  test.each([
    [undefined, ['bash', 'sh'], '-e {0}', '.sh'],
    ['', ['bash', 'sh'], '-e {0}', '.sh'],
    ['bash', ['bash'], '--noprofile --norc -e -o pipefail {0}', '.sh'],
    ['sh', ['sh'], '-e {0}', '.sh'],
    ['python', ['python', 'python3'], '{0}', '.py'],
    ['pwsh', ['pwsh'], `-command ". '{0}'"`, '.ps1'],
    ['bash -l {0}', ['bash'], '-l {0}', '.sh'],
    ['perl {0}', ['perl'], '{0}', ''],
    ['/opt/my shell/x {0}', ['/opt/my'], 'shell/x {0}', ''],
  ])('%j runs %j with %j', (shell, programs, format, extension) => {
    expect(understandShell(shell)).toMatchObject({ programs, format, extension });
  });

  test.each(['cmd', 'perl', 'perl -e', 'bash -l'])(
    '%j is refused: nothing says where the script goes',
    (shell) => {
      expect(() => understandShell(shell)).toThrow(StepError);
    },
  );

  test('PowerShell stops at errors and passes on the last exit code', () => {
    expect(understandShell('pwsh').wrap('Get-Item x')).toMatch(
      /^\$ErrorActionPreference = 'stop'\nGet-Item x\nif .*exit \$LASTEXITCODE \}$/,
    );
  });
});
