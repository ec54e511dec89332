import { findProperty } from '../expressions/access.ts';
import { displayString } from '../expressions/coercion.ts';
import { looselyEqual } from '../expressions/comparison.ts';
import { equalsIgnoringCase } from '../expressions/ordinal-case.ts';
import type { Value } from '../expressions/value.ts';
import type { MatrixLeg } from './matrix.ts';

/** A key of matrices, compared without case, and the values of it that are wanted. */
export interface MatrixChoice {
  key: string;
  /** As typed; at least one. */
  values: string[];
}

/** A leg that takes part, and where it stands among all legs of its matrix. */
export interface ChosenLeg {
  leg: MatrixLeg;
  position: number;
}

/**
 * The legs that match every choice. A choice by a key that no leg has says nothing about this matrix; where some leg
 * has it, one without it does not match.
 */
export function chooseLegs(legs: readonly MatrixLeg[], choices: readonly MatrixChoice[]): ChosenLeg[] {
  const asked = choices.filter(({ key }) => legs.some((leg) => choosableValues(leg, key) !== undefined));
  return legs.flatMap((leg, position) =>
    asked.every(({ key, values }) => {
      const own = choosableValues(leg, key) ?? [];
      return own.some((value) => values.some((wanted) => isMeant(value, wanted)));
    })
      ? [{ leg, position }]
      : [],
  );
}

/**
 * What a leg can be chosen by under a key: its value, of a mapping or sequence any scalar in it; undefined if the leg
 * has no such key.
 */
export function choosableValues({ values }: MatrixLeg, key: string): Value[] | undefined {
  const value = findProperty(values, key, 'ignored');
  return value === undefined ? undefined : scalarsIn(value);
}

/** For people: `os: linux, node: 20 or 22`. */
export function choiceText(choices: readonly MatrixChoice[]): string {
  return choices.map(({ key, values }) => `${key}: ${values.join(' or ')}`).join(', ');
}

/** As the value is shown, or as the number it is: `3.10` in a file is the number 3.1. */
export function isMeant(value: Value, wanted: string): boolean {
  if (equalsIgnoringCase(displayString(value), wanted)) return true;
  return typeof value === 'number' && wanted.trim() !== '' && looselyEqual(value, wanted);
}

function scalarsIn(value: Value): Value[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalarsIn) : [value];
}
