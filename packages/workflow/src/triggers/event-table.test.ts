import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { events, readEventName } from './event-table.ts';

/** GitHub's schema of workflow files, as its editor uses it. */
const schemaUrl = new URL('./workflow-v1.0.min.json', import.meta.resolve('@actions/workflow-parser'));
const { definitions } = JSON.parse(readFileSync(schemaUrl, 'utf8')) as {
  definitions: Record<
    string,
    { mapping?: { properties: Record<string, string> }; 'allowed-values'?: string[] }
  >;
};

describe('the table of events', () => {
  it("names the events of GitHub's schema", () => {
    expect(Object.keys(events).sort()).toEqual(
      Object.keys(definitions['on-mapping-strict']!.mapping!.properties).sort(),
    );
  });

  it.each(Object.keys(events))("has the types of GitHub's schema for %s", (name) => {
    const allowed = definitions[`${name.replaceAll('_', '-')}-activity-type`]?.['allowed-values'];
    const types = events[name]!.types;
    if (name === 'pull_request_comment') return expect(types).toBeUndefined();
    if (name === 'repository_dispatch') return expect(types).toBe('any');
    expect([...(types ?? [])].sort()).toEqual([...(allowed ?? [])].sort());
  });

  it.each(Object.entries(events))(
    'starts %s by default on types that it has',
    (_name, { types, defaultTypes = [] }) => {
      for (const type of defaultTypes) expect(types).toContain(type);
    },
  );
});

describe("an event's name", () => {
  it('is accepted as GitHub writes it', () => {
    expect(readEventName('pull_request')).toEqual({ value: 'pull_request', diagnostics: [] });
  });

  it.each([
    ['pull-request', "There is no event 'pull-request'", "Did you mean 'pull_request'?"],
    ['pus', "There is no event 'pus'", "Did you mean 'push'?"],
    ['zzz', "There is no event 'zzz'", 'Use one of branch_protection_rule, '],
    ['constructor', "There is no event 'constructor'", 'Use one of '],
    ['workflow_call', 'workflow_call is no event that happens', 'Use one of '],
  ])('%s is refused with what to do', (name, message, mend) => {
    const { value, diagnostics } = readEventName(name);
    expect(value).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', code: 'unknown-event', message });
    expect(diagnostics[0]!.mend).toContain(mend);
  });
});
