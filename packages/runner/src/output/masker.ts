import { type ByteSearch, compileByteSearch } from './byte-search.ts';
import { secretForms } from './secret-forms.ts';

/** Keeps the secrets of one job out of everything that leaves it. Masks grow during the job and never shrink. */
export interface Masker {
  /** Masks the value, each of its lines, and their encodings from now on. White space alone is no secret. */
  add(secret: string): void;
  /** For texts that are no log: outputs, annotations, summaries. Secrets of several lines are found as a whole too. */
  maskText(text: string): string;
  /** For a block of whole lines; the same block if it is clean. Each secret becomes `***`. */
  maskLines(block: Buffer): Buffer;
  /** Whether a block holds a secret; those of fewer than 8 characters are not looked for: any file may hold them by chance. */
  isIn(block: Buffer): boolean;
  /** A line must not be cut closer than this to its end, or a secret might be cut too. In bytes. */
  readonly longestInLine: number;
}

export function createMasker(): Masker {
  const forms = new Set<string>();
  let compiled: Compiled | undefined;
  const search = () => {
    compiled ??= compile(forms);
    return compiled;
  };
  return {
    add(secret) {
      const before = forms.size;
      for (const form of secretForms(secret)) forms.add(form);
      if (forms.size !== before) compiled = undefined;
    },
    maskText(text) {
      if (forms.size === 0) return text;
      const bytes = Buffer.from(text, 'utf8');
      const masked = mask(bytes, search().texts);
      return masked === bytes ? text : masked.toString('utf8');
    },
    maskLines(block) {
      return forms.size === 0 ? block : mask(block, search().lines);
    },
    isIn: (block) => forms.size > 0 && search().long().find(block) !== undefined,
    get longestInLine() {
      return search().longestInLine;
    },
  };
}

interface Compiled {
  texts: ByteSearch;
  /** Without the forms that span lines: their lines are forms of their own. */
  lines: ByteSearch;
  /** Those that no file holds by chance; made when they are asked for. */
  long: () => ByteSearch;
  longestInLine: number;
}

const shortestToFind = 8;

function compile(forms: ReadonlySet<string>): Compiled {
  const all = [...forms];
  const inLine = all.filter((form) => !/[\r\n]/.test(form)).map((form) => Buffer.from(form, 'utf8'));
  const lines = compileByteSearch(inLine);
  let long: ByteSearch | undefined;
  return {
    long() {
      const wanted = all.map((form) => Buffer.from(form, 'utf8'));
      long ??= compileByteSearch(wanted.filter(({ length }) => length >= shortestToFind));
      return long;
    },
    lines,
    texts:
      inLine.length === all.length ? lines : compileByteSearch(all.map((form) => Buffer.from(form, 'utf8'))),
    longestInLine: inLine.reduce((longest, form) => Math.max(longest, form.length), 0),
  };
}

const stars = Buffer.from('***');

function mask(block: Buffer, search: ByteSearch): Buffer {
  const ranges = search.find(block);
  if (ranges === undefined) return block;
  const parts: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    parts.push(block.subarray(from, ranges[i]), stars);
    from = ranges[i + 1] as number;
  }
  parts.push(block.subarray(from));
  return Buffer.concat(parts);
}
