import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceSchema } from '@slipway/contracts/api/delivery';
import { readDeliveryConfig } from '@slipway/delivery';
import { expect, test } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '../../docs/delivery.md'), 'utf8');
const fenced = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, content = '']) => content,
  );

test('every slipway.yml of docs/delivery.md is valid', () => {
  const files = [
    ...fenced('yaml').filter((content) => content.startsWith('components:')),
    ...fenced('sh').flatMap((content) => /<<'END'\n(.*?)END\n/s.exec(content)?.[1] ?? []),
  ];
  expect(files).toHaveLength(2);
  for (const content of files) {
    const { value, diagnostics } = readDeliveryConfig({ path: 'docs/delivery.md', content });
    expect(diagnostics).toEqual([]);
    expect(value).toBeDefined();
  }
});

test('the evidence that docs/delivery.md shows has the form that is taken', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const [json = ''] = fenced('json');
  const evidence: unknown[] = JSON.parse(json.replaceAll('sha256:…', digest));
  expect(evidence).toHaveLength(4);
  for (const one of evidence) evidenceSchema.parse(one);
});
