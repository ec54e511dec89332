/** `a`, `a or b`, `a, b or c`; more than six are cut: `a, b, c, d, e, f, …`. */
export function listed(items: readonly string[], conjunction: 'and' | 'or'): string {
  if (items.length > 6) return `${items.slice(0, 6).join(', ')}, …`;
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}
