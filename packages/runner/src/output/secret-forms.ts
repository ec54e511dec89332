/**
 * The forms in which a secret may show up in what a job prints: itself, each of its lines, and how common tools encode
 * those. Ordered and without duplicates. Nothing for a value of white space only.
 * Mirrors the value encoders of actions/runner and adds: URL-safe base64, base64 whose end depends on what follows or that
 * is printed in lines, hexadecimal digits, JSON with ASCII only, URI encoding as JavaScript does it, and the shell's own quoting.
 * @see https://github.com/actions/runner/blob/main/src/Sdk/DTLogging/Logging/ValueEncoders.cs
 */
export function secretForms(value: string): string[] {
  const forms = new Set<string>();
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  for (const plain of new Set([value, value.trim(), ...lines])) {
    if (plain.trim() === '') continue;
    forms.add(plain);
    // Most tokens are letters and digits, which only base64 changes.
    for (const encode of /^\w+$/.test(plain) ? [base64OfAllShifts, base64Lines, hexForms] : encoders) {
      for (const form of encode(plain)) {
        if (form.trim() !== '') forms.add(form);
      }
    }
  }
  return [...forms];
}

type Encoder = (value: string) => string[];

const encoders: Encoder[] = [
  base64OfAllShifts,
  base64Lines,
  hexForms,
  (value) => [value.replaceAll('"', '\\"')],
  (value) => [value.replaceAll("'", "''"), value.replaceAll("'", `'\\''`)],
  (value) => [jsonText(value), jsonText(value).replace(/[^\x20-\x7e]/g, asUnicodeEscape)],
  (value) => [uriComponent(value), uriComponent(value).replace(/[!'()*]/g, percentEncode)],
  (value) => [xmlText(value)],
  (value) => [withoutQuotes(value)],
  powershellParts,
];

function base64OfAllShifts(value: string): string[] {
  return [0, 1, 2].flatMap((shift) => base64Forms(value, shift));
}

/** Shorter ends of base64 would hit ordinary words. */
const shortestOpenEnd = 8;

/**
 * Three bytes make four characters, so a secret amid other bytes is encoded in one of three ways; its first `shift`
 * bytes are lost to the group they share. The last character is known only if nothing follows the secret.
 */
function base64Forms(value: string, shift: number): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const shifted = bytes.length > shift ? bytes.subarray(shift) : bytes;
  const whole = shifted.toString('base64');
  const openEnd = whole.slice(0, Math.floor((shifted.length * 8) / 6));
  const forms = openEnd.length >= shortestOpenEnd ? [whole, openEnd] : [whole];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** As `base64` and MIME print it, and as `openssl base64` and PEM do. */
const base64Columns = [76, 64];

/** The lines of a long value, each of them; the last may go on with what follows the value. */
function base64Lines(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const text = bytes.toString('base64').slice(0, Math.floor((bytes.length * 8) / 6));
  return base64Columns.flatMap((columns) => {
    if (text.length <= columns) return [];
    const lines = text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
    return lines.filter(({ length }) => length >= shortestOpenEnd);
  });
}

/** Of shorter values the digits are those of many a number. */
const shortestInHex = 8;

function hexForms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < shortestInHex) return [];
  const digits = bytes.toString('hex');
  return [digits, digits.toUpperCase()];
}

function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function asUnicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function uriComponent(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

const xmlEntities: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '&': '&amp;',
};

function xmlText(value: string): string {
  return value.replace(/[<>"'&]/g, (character) => xmlEntities[character] ?? character);
}

function withoutQuotes(value: string): string {
  return value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : '';
}

/** Shorter parts are not worth a mask. */
const shortestPart = 6;

/** PowerShell's errors show a command in parts, coloured at `&`: `a&b&c` as `a&b&` and `c`, `a&+bc` as `a&+` and `c`. */
function powershellParts(value: string): string[] {
  const plus = value.indexOf('&+');
  const split = plus === -1 ? value.lastIndexOf('&') + 1 : plus + 2;
  if (split === 0) return [];
  const after = plus === -1 ? value.slice(split) : value.slice(split + 1);
  return [value.slice(0, split), after].filter((part) => part.length >= shortestPart);
}
