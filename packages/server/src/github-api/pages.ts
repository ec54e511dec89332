import { z } from 'zod';
import type { GithubCall } from './github-context.ts';

/** Which part of a list is asked for. */
export interface Page {
  number: number;
  size: number;
  offset: number;
}

const pageSchema = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  per_page: z.coerce.number().int().min(1).catch(30),
});

/** As GitHub: 30 at a time, at most 100; what makes no sense counts as the default. */
export function readPage(c: GithubCall): Page {
  const { page: number, per_page } = pageSchema.parse({ page: 1, per_page: 30, ...c.req.query() });
  const size = Math.min(100, per_page);
  return { number, size, offset: (number - 1) * size };
}

/**
 * The part of a list that is asked for; the `Link` header says where the others are.
 * @param base of the server's public URL, e.g. `https://ci.example.com`
 */
export function pageOf<Item>(c: GithubCall, base: string, items: readonly Item[]): Item[] {
  const page = readPage(c);
  linkPages(c, base, { page, total: items.length });
  return items.slice(page.offset, page.offset + page.size);
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function linkPages(c: GithubCall, base: string, { page, total }: { page: Page; total: number }): void {
  const last = Math.max(1, Math.ceil(total / page.size));
  const { pathname, searchParams } = new URL(c.req.url);
  const to = (number: number, rel: string): string => {
    const query = new URLSearchParams(searchParams);
    query.set('page', String(number));
    return `<${base}${pathname}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page.number > 1 ? [to(page.number - 1, 'prev')] : []),
    ...(page.number < last ? [to(page.number + 1, 'next'), to(last, 'last')] : []),
    ...(page.number > 1 ? [to(1, 'first')] : []),
  ];
  if (links.length > 0) c.header('link', links.join(', '));
}
