import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { GithubEnv } from './github-context.ts';
import { pageOf } from './pages.ts';

const items = Array.from({ length: 45 }, (_, index) => index);
const app = new Hono<GithubEnv>();
app.get('/api/v3/items', (c) => c.json(pageOf(c, 'https://ci.example.com', items)));

async function ask(query: string) {
  const answer = await app.request(`http://internal/api/v3/items${query}`);
  return { items: (await answer.json()) as number[], link: answer.headers.get('link') };
}

test('a list comes thirty at a time, with links to the other pages at the public address', async () => {
  const first = await ask('');
  expect(first.items).toHaveLength(30);
  const page = (number: number, rel: string) =>
    `<https://ci.example.com/api/v3/items?page=${number}>; rel="${rel}"`;
  expect(first.link).toBe(`${page(2, 'next')}, ${page(2, 'last')}`);
  const second = await ask('?page=2');
  expect(second.items).toEqual(items.slice(30));
  expect(second.link).toBe(`${page(1, 'prev')}, ${page(1, 'first')}`);
});

test('a page has at most a hundred, what makes no sense counts as not said, and behind the last is nothing', async () => {
  expect(await ask('?per_page=1000')).toEqual({ items, link: null });
  expect((await ask('?per_page=no&page=-3')).items).toEqual(items.slice(0, 30));
  expect((await ask('?per_page=0')).items).toEqual(items.slice(0, 30));
  expect((await ask('?page=9')).items).toEqual([]);
});
