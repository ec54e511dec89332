import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@slipway/workflow';
import { describe, expect, it } from 'vitest';
import { plainExpectedJob, plainJob, plainTemplate, plainToken } from './github-template.ts';
import { loadCase, readCase } from './reader-case.ts';

const folder = join(import.meta.dirname, '../../../shared/conformance/reader');
const cases = existsSync(folder) ? readdirSync(folder) : [];

/** A case is refused if its own data list errors; four such cases have names that do not begin with `errors-`. */
describe("GitHub's reader data", () => {
  if (cases.length === 0) it('is read like GitHub reads it', (ctx) => ctx.skip(`${folder} is not here`));
  for (const name of cases) {
    const one = loadCase(join(folder, name));
    const { errors } = one.expected;
    if (errors) {
      it(`${name} is refused on the lines that GitHub names`, () => {
        const { diagnostics } = readCase(one);
        expect(diagnostics.some((diagnostic) => diagnostic.severity === 'error')).toBe(true);
        for (const { Message } of errors)
          expect(placesOf(diagnostics)).toSatisfy((places) => isNamed(places, Message), Message);
      });
    } else {
      it(`${name} is accepted and becomes the same template`, () => {
        const { workflow, load, diagnostics } = readCase(one);
        expect(diagnostics.filter((diagnostic) => diagnostic.severity === 'error')).toEqual([]);
        expect(workflow?.jobs.map((job) => plainJob(job, { workflow, load }))).toEqual(
          (one.expected.jobs as Record<string, unknown>[]).map(plainExpectedJob),
        );
        if (one.expected.env) expect(plainTemplate(workflow?.env)).toEqual(plainToken(one.expected.env));
      });
    }
  }
  it('is complete', (ctx) => {
    if (cases.length === 0) ctx.skip(`${folder} is not here`);
    expect(cases.length).toBe(109);
    expect(
      cases.filter((name) => name.startsWith('errors-') && !loadCase(join(folder, name)).expected.errors),
    ).toEqual([]);
  });
});

/** `file:line`, each with the columns of the diagnostics there. */
type Places = Map<string, number[]>;

function placesOf(diagnostics: Diagnostic[]): Places {
  const places: Places = new Map();
  for (const { file, line, column } of diagnostics) {
    const place = `${file}:${line}`;
    places.set(place, [...(places.get(place) ?? []), column]);
  }
  return places;
}

/** Columns may be later than GitHub's, which names the start of a value where we name the expression within it. */
function isNamed(places: Places, message: string): boolean {
  const [, file, line, column] = /^(?:In )?(\S+) \(Line: (\d+), Col: (\d+)\)/.exec(message) ?? [];
  if (file === undefined) return true;
  return (places.get(`${file}:${line}`) ?? []).some((found) => found >= Number(column));
}
