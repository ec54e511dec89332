/**
 * What a log may tell a terminal: colours and tabs. Everything else that a terminal would obey (cursor movement, window
 * titles, hyperlinks, clipboard, device reports) is taken out, so that a log cannot forge or hide what is on the screen.
 * @see https://man7.org/linux/man-pages/man4/console_codes.4.html (ECMA-48)
 */
export function withoutControl(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return mayControl(buffer) ? Buffer.from(cleaned(buffer.toString('latin1')), 'latin1') : bytes;
}

/** The same as text, without colours too. */
export function plainText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return Buffer.from(cleaned(text).replaceAll(colour, ''), 'latin1').toString('utf8');
}

const colour = /\x1b\[[\d;:]*m/g;

/**
 * Over bytes read as Latin-1, so that UTF-8 passes unharmed: strings (OSC, DCS, SOS, PM, APC) to their terminator or the
 * line's end; CSI sequences; other escapes; what a carriage return overwrites; other C0 controls; C1 controls as UTF-8.
 */
const control =
  /\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=\n)|$)|\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?|\x1b[\x20-\x2f]*[\x30-\x7e]?|\r(?=\n)|[^\n\r]*\r+(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]/g;
const onlyColour = /^\x1b\[[\d;:]*m$/;

function cleaned(text: string): string {
  return text.replaceAll(control, (found) => (onlyColour.test(found) ? found : ''));
}

/** On a Buffer, unlike on a Uint8Array, each search is a `memchr`: a log without control characters costs next to nothing. */
function mayControl(bytes: Buffer): boolean {
  return suspects.some((one) => bytes.includes(one));
}

/** Escape, carriage return, backspace, bell, shifts, delete and the first byte of C1 controls in UTF-8. */
const suspects = [0x1b, 0x0d, 0x08, 0x07, 0x0e, 0x0f, 0x0b, 0x0c, 0x7f, 0xc2, 0x00];
