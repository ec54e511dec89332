/** Text that PostgreSQL takes: what jobs and commits say may hold a NUL, which would make every try of its write fail. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}
