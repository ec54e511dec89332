import { createNotices, shareNotices } from '@slipway/server/controller';
import { expect, test } from 'vitest';
import { storeKinds } from './stores.ts';

test('what one server notices, others that share its PostgreSQL are told, once', async (context) => {
  const [, postgres] = storeKinds;
  if (postgres.unavailable !== null) context.skip(postgres.unavailable);
  const kind = await postgres.create();
  if (kind.location.kind !== 'postgres') throw new Error('it is no PostgreSQL');
  const { url } = kind.location;
  const [here, there] = [createNotices(), createNotices()];
  const ends = [here, there].map((notices) => shareNotices(notices, { url, onTrouble: () => {} }));
  try {
    const heard: string[] = [];
    here.watchAll((topic) => heard.push(`here ${topic}`));
    there.watchAll((topic) => heard.push(`there ${topic}`));
    // Nobody says when the connections are made: it is told until it is heard.
    const first = there.next('run:1', AbortSignal.timeout(20_000));
    const telling = setInterval(() => here.tellOthers('run:1'), 50);
    await first;
    clearInterval(telling);
    heard.length = 0;
    const second = there.next('project:octo/app', AbortSignal.timeout(20_000));
    here.notify('project:octo/app');
    await second;
    const others = heard.filter((one) => !one.endsWith('run:1'));
    expect(others).toEqual(['here project:octo/app', 'there project:octo/app']);
  } finally {
    await Promise.all(ends.map((end) => end()));
    await kind.close();
  }
});
