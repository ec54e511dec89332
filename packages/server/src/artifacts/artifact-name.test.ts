import { expect, it } from 'vitest';
import { assessArtifactName } from './artifact-name.ts';

it.each(['coverage', 'test results (linux)', '.hidden', 'a..b', 'ümlaut', 'x'.repeat(256)])(
  'an artifact may be called %j',
  (name) => {
    expect(assessArtifactName(name)).toBeNull();
  },
);

it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a:b', 'a\nb', '*', 'x'.repeat(257)])(
  'an artifact may not be called %j',
  (name) => {
    expect(assessArtifactName(name)).not.toBeNull();
  },
);
