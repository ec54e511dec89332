import { stripVTControlCharacters } from 'node:util';

/** A log for places that have neither colours nor control characters, such as XML and HTML: what has no place there becomes U+FFFD. */
export function plainLog(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '\ufffd');
}
