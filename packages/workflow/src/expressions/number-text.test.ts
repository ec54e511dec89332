import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, parseNumber } from './number-text.ts';

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [42, '42'],
    [-7, '-7'],
    [1.5, '1.5'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333333333333'],
    [12345678.123456789, '12345678.1234568'],
    [999999999999999, '999999999999999'],
    [1e15, '1E+15'],
    [1e20, '1E+20'],
    [2 ** 56 + 2 ** 55, '1.08086391056892E+17'],
    [1e100, '1E+100'],
    [0.0001, '0.0001'],
    [0.00001, '1E-05'],
    [-0.0000125, '-1.25E-05'],
    [1 - 2 ** -53, '1'],
    [Number.MAX_VALUE, '1.79769313486232E+308'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
  ])('%d is printed as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('are read back as printed, but for digits past the fifteenth', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
        const printed = formatNumber(value);
        const back = parseNumber(printed);
        expect(formatNumber(back)).toBe(printed);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-14);
      }),
    );
  });
});

describe('text as a number', () => {
  it.each([
    ['', 0],
    ['  ', 0],
    [' 12 ', 12],
    ['+1', 1],
    ['-1.5', -1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5E-2', 0.015],
    ['0xff', 255],
    ['0xFFFFFFFF', -1],
    ['0x80000000', -2147483648],
    ['0x100000000', Number.NaN],
    ['0x', Number.NaN],
    ['0Xff', Number.NaN],
    ['-0xff', Number.NaN],
    ['0o17', 15],
    ['0o37777777777', -1],
    ['0o8', Number.NaN],
    ['0b11', Number.NaN],
    ['010', 10],
    ['1,000', Number.NaN],
    ['1_000', Number.NaN],
    ['1 2', Number.NaN],
    ['true', Number.NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', Number.NaN],
  ])('%j is %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});
