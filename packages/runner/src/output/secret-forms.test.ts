import { describe, expect, test } from 'vitest';
import { secretForms } from './secret-forms.ts';

describe('secretForms', () => {
  test('has the value, its trimmed form and each of its lines', () => {
    expect(secretForms('  first line\r\n\n second \n')).toEqual(
      expect.arrayContaining(['  first line\r\n\n second \n', 'first line', 'second']),
    );
  });

  test('has the encodings of GitHub’s runner', () => {
    const forms = secretForms(`a"b'c<d>&e/f g+é`);
    expect(forms).toEqual(
      expect.arrayContaining([
        `a\\"b'c<d>&e/f g+é`,
        `a"b''c<d>&e/f g+é`,
        'a%22b%27c%3Cd%3E%26e%2Ff%20g%2B%C3%A9',
        'a&quot;b&apos;c&lt;d&gt;&amp;e/f g+é',
        `a\\"b'c<d>&e/f g+\\u00e9`,
      ]),
    );
  });

  test('has base64 at each of its three shifts, with and without what follows, and as URLs have it', () => {
    const secret = '~~secret~~value??';
    const forms = secretForms(secret);
    for (const before of ['', 'x', 'xy']) {
      for (const after of ['', 'z', 'zz', 'zzz']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const text = Buffer.from(`${before}${secret}${after}`).toString(encoding);
          expect(
            forms.some((form) => form.length >= 20 && text.includes(form)),
            text,
          ).toBe(true);
        }
      }
    }
  });

  test('has a quoted value without its quotes, and the parts that PowerShell shows', () => {
    expect(secretForms('"quoted-value"')).toContain('quoted-value');
    expect(secretForms('part-one&part-two&part-three')).toEqual(
      expect.arrayContaining(['part-one&part-two&', 'part-three']),
    );
    expect(secretForms('part-one&+part-two')).toEqual(expect.arrayContaining(['part-one&+', 'art-two']));
  });

  test('has nothing for white space, and no short ends of base64 for short secrets', () => {
    expect(secretForms(' \n\t')).toEqual([]);
    expect(secretForms('abc').filter((form) => form.length < 3)).toEqual([]);
  });
});
