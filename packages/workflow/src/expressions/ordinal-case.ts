/**
 * .NET's `StringComparison.OrdinalIgnoreCase`, by which GitHub compares strings and looks keys up: every UTF-16 unit is
 * mapped to its simple upper case on its own, so lengths never change and no non-ASCII letter becomes an ASCII one.
 */
export function foldCase(text: string): string {
  if (isAscii(text)) return text.toUpperCase();
  let folded = '';
  for (let i = 0; i < text.length; i++) folded += foldUnit(text[i]!);
  return folded;
}

export function equalsIgnoringCase(left: string, right: string): boolean {
  if (left === right) return true;
  return left.length === right.length && foldCase(left) === foldCase(right);
}

function foldUnit(unit: string): string {
  const upper = unit.toUpperCase();
  if (upper.length !== 1) return unit;
  return upper < '\x80' && unit >= '\x80' ? unit : upper;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
