import { describe, expect, it } from 'vitest';
import { readGitRequest } from './git-http.ts';

describe('a request of git', () => {
  it.each([
    ['GET', '/o/n.git/info/refs?service=git-upload-pack', 'upload-pack', 'info/refs'],
    ['GET', '/o/n/info/refs?service=git-receive-pack', 'receive-pack', 'info/refs'],
    ['POST', '/o/n.git/git-upload-pack', 'upload-pack', 'git-upload-pack'],
    ['POST', '/o/n.git/git-receive-pack', 'receive-pack', 'git-receive-pack'],
  ])('%s %s asks for %s', (method, url, service, route) => {
    expect(readGitRequest(method, url)).toMatchObject({ project: 'o/n', service, route });
  });

  it.each([
    ['GET', '/o/n.git/info/refs'],
    ['GET', '/o/n.git/info/refs?service=git-upload-archive'],
    ['POST', '/o/n.git/info/refs?service=git-upload-pack'],
    ['GET', '/o/n.git/git-upload-pack'],
    ['GET', '/o/n.git/HEAD'],
    ['GET', '/o/n.git/objects/info/packs'],
    ['GET', '/o/n.git/config'],
    ['GET', '/api/v1/projects/o/n'],
    ['GET', '/o/../../etc/info/refs?service=git-upload-pack'],
  ])('%s %s is none', (method, url) => {
    expect(readGitRequest(method, url)).toBeNull();
  });
});
