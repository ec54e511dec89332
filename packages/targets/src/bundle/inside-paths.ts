import { isAbsolute, posix } from 'node:path';

/** Whether a link's target, seen from the folder that the link is in, lies outside of the bundle. */
export function leadsOutside(folder: string, link: string): boolean {
  if (isAbsolute(link)) return true;
  const target = posix.normalize(posix.join(folder, link));
  return target === '..' || target.startsWith('../');
}

/** Whether an entry has a name that stays in the bundle by itself: relative, without `..`. */
export function isInsideName(name: string): boolean {
  return name !== '' && !isAbsolute(name) && !name.includes('\\') && !name.split('/').includes('..');
}
