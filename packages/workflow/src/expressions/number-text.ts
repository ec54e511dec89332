/**
 * Numbers as GitHub prints and reads them. Mirrors actions/runner, src/Sdk/Expressions: EvaluationResult.ConvertToString
 * (.NET's `G15`) and ExpressionUtility.ParseNumber.
 */

/** At most 15 significant digits; `1E+15` and above and `1E-05` and below in scientific notation; negative zero is `0`. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value === 0 ? 0 : value);
  if (!Number.isFinite(value)) return String(value);
  const [mantissa, exponentText] = value.toExponential(14).split('e') as [string, string];
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  if (exponent >= 15 || exponent <= -5) return sign + scientific(digits, exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits[0]}${fraction}E${exponent < 0 ? '-' : '+'}${size}`;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^[+-]?infinity$/i;

/** Empty is 0; decimal with exponent, `0x` and `0o` (both 32 bits, signed) and `Infinity` are read; the rest is NaN. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (decimal.test(trimmed)) return Number(trimmed);
  if (/^0x[0-9a-fA-F]+$/.test(trimmed)) return signed32(Number.parseInt(trimmed.slice(2), 16));
  if (/^0o[0-7]+$/.test(trimmed)) return signed32(Number.parseInt(trimmed.slice(2), 8));
  if (infinity.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  return Number.NaN;
}

function signed32(value: number): number {
  return value > 0xffff_ffff ? Number.NaN : value | 0;
}
