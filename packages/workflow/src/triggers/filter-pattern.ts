/**
 * GitHub's pattern language for branches, tags and paths: `*` (not `/`), `**`, `?` and `+` (of the character before),
 * `[a-z0-9]`, and `\` before a character that stands for itself. A pattern matches whole names, in their case.
 * Matching walks all ways through the pattern at once, so that its time is at most pattern × name, whatever the pattern:
 * a regular expression would backtrack on `*a*a*a*b`.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export interface FilterPattern {
  /** Text that every match starts with. */
  prefix: string;
  /** What follows the prefix; none: the name must equal it. */
  states: readonly State[];
}

/** A place in the pattern. A symbol of the name may lead to the next place, leave it here, or both. */
interface State {
  advances: Accepts;
  stays: Accepts;
  /** Places further on that need no symbol. */
  skips: readonly number[];
}

type Accepts = (symbol: string) => boolean;

const kept = new Map<string, FilterPattern>();
const maxKept = 10_000;

/** The pattern without a leading `!`: that belongs to the list it stands in. */
export function compileFilterPattern(source: string): FilterPattern {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const prefix = literalPrefix(source);
  const states = parsePattern(source.slice(prefix.length), prefix === '' || prefix.endsWith('/'));
  if (kept.size >= maxKept) kept.clear();
  kept.set(source, { prefix, states });
  return { prefix, states };
}

export function matchesPattern({ prefix, states }: FilterPattern, name: string): boolean {
  if (!name.startsWith(prefix)) return false;
  if (states.length === 0) return name.length === prefix.length;
  // Two buffers take turns: each place that is reached is marked 1.
  let places = new Uint8Array(states.length + 1);
  let next = new Uint8Array(states.length + 1);
  places[0] = 1;
  let alive = followSkips(states, places);
  for (const symbol of name.slice(prefix.length)) {
    if (!alive) return false;
    advance(states, places, symbol, next);
    alive = followSkips(states, next);
    [places, next] = [next, places];
  }
  return places[states.length] === 1;
}

function advance(states: readonly State[], places: Uint8Array, symbol: string, next: Uint8Array): void {
  next.fill(0);
  for (let place = 0; place < states.length; place++) {
    if (places[place] === 0) continue;
    const state = states[place]!;
    if (state.stays(symbol)) next[place] = 1;
    if (state.advances(symbol)) next[place + 1] = 1;
  }
}

/** Skips lead forward only, so that one pass finds them all. Tells whether any place is reached. */
function followSkips(states: readonly State[], places: Uint8Array): boolean {
  let alive = places[states.length] === 1;
  for (let place = 0; place < states.length; place++) {
    if (places[place] === 0) continue;
    alive = true;
    for (const skip of states[place]!.skips) places[place + skip] = 1;
  }
  return alive;
}

/** Plain characters up to the first that is special, or that the next makes special. */
function literalPrefix(source: string): string {
  const special = source.search(/[*?+[\\]/);
  if (special === -1) return source;
  const quantified = source[special] === '?' || source[special] === '+';
  return quantified ? dropLastSymbol(source.slice(0, special)) : source.slice(0, special);
}

function dropLastSymbol(text: string): string {
  return [...text].slice(0, -1).join('');
}

const any: Accepts = () => true;
const none: Accepts = () => false;
const notSlash: Accepts = (symbol) => symbol !== '/';

/** `**` before a slash at the start of a segment: no folder, or any number of them. */
const folders: State[] = [
  { advances: none, stays: none, skips: [1, 2] },
  { advances: (symbol) => symbol === '/', stays: any, skips: [] },
];

function parsePattern(source: string, startsSegment: boolean): State[] {
  const states: State[] = [];
  const token = /\*\*\/|\*\*+|\*|\\.|\[[^\]]+\]|[?+]|./gsu;
  let segmentStart = startsSegment;
  for (const [text] of source.matchAll(token)) {
    if (text === '**/' && segmentStart) states.push(...folders);
    else if (text === '**/') states.push(repeat(any), one('/'));
    else if (text.startsWith('**')) states.push(repeat(any));
    else if (text === '*') states.push(repeat(notSlash));
    else if ((text === '?' || text === '+') && states.length > 0) quantify(states, text);
    else if (text.length > 2 && text.startsWith('[')) states.push(oneOf(text.slice(1, -1)));
    else states.push(one(text.length > 1 && text.startsWith('\\') ? text.slice(1) : text));
    segmentStart = text.endsWith('/');
  }
  return states;
}

function one(wanted: string): State {
  return { advances: (symbol) => symbol === wanted, stays: none, skips: [] };
}

function oneOf(list: string): State {
  const ranges = [...list.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, single]) => [
    from ?? single!,
    to ?? single!,
  ]);
  return {
    advances: (symbol) => ranges.some(([from, to]) => symbol >= from! && symbol <= to!),
    stays: none,
    skips: [],
  };
}

function repeat(accepts: Accepts): State {
  return { advances: accepts, stays: accepts, skips: [1] };
}

/** `?` and `+` change the place before them; `folders` may be missing and repeat already. */
function quantify(states: State[], quantifier: string): void {
  const last = states.pop()!;
  if (last === folders[1]) states.push(last);
  else if (quantifier === '?') states.push({ ...last, skips: [1] });
  else states.push({ ...last, stays: last.advances });
}
