import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

describe('run steps', () => {
  test('outputs and variables reach later steps', async () => {
    const report = await runJob(`
- id: one
  run: |
    echo "greeting=hello" >> "$GITHUB_OUTPUT"
    echo "PLANET=world" >> "$GITHUB_ENV"
- name: Show
  run: echo "$WHAT, $PLANET"
  env:
    WHAT: \${{ steps.one.outputs.greeting }}
`);
    expect(report.finished.conclusion).toBe('success');
    expect(report.log('Show')).toContain('hello, world\n');
  });
});
