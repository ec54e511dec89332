import { describe, expect, it } from 'vitest';
import { plainText, withoutControl } from './control-sequences.ts';

const cleaned = (text: string) => Buffer.from(withoutControl(Buffer.from(text))).toString();

describe('what a log may tell a terminal', () => {
  it('lets colours, tabs and any text through unchanged', () => {
    const text = '\x1b[1;31mred\x1b[0m\ttab — naïve 日本語 🚀\x1b[38;2;1;2;3mtrue\x1b[m\n';
    expect(cleaned(text)).toBe(text);
  });

  it('gives back the very bytes when there is nothing to take out', () => {
    const bytes = Buffer.from('plain\nlines\n');
    expect(withoutControl(bytes)).toBe(bytes);
  });

  it('unmakes hyperlinks, titles and clipboard writes, whichever way they end', () => {
    expect(cleaned('\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07\n')).toBe('click\n');
    expect(cleaned('\x1b]8;;http://x\x1b\\click\x1b]8;;\x1b\\\n')).toBe('click\n');
    expect(cleaned('\x1b]0;title\x07\x1b]52;c;AAAA\x07text\n')).toBe('text\n');
    expect(cleaned('\x1b]8;;unterminated\nnext line stays\n')).toBe('\nnext line stays\n');
    expect(cleaned('\x1bPdevice control\x1b\\ok\x1b_app\x1b\\\n')).toBe('ok\n');
  });

  it('takes out cursor movement, screen clearing and mode changes', () => {
    expect(cleaned('\x1b[2J\x1b[Hfake\x1b[3A\x1b[?25l\x1b[6n\x1bc\x1b(0\x1b7\n')).toBe('fake\n');
    expect(cleaned('a\b\b\bb\x0e\x0f\x00\x7f\n')).toBe('ab\n');
    expect(cleaned('\u009b2Jx\u009d0;t\n')).toBe('2Jx0;t\n');
  });

  it('shows of a progress bar what a terminal would show at the end', () => {
    expect(cleaned('10%\r50%\r100%\n')).toBe('100%\n');
    expect(cleaned('windows line\r\n')).toBe('windows line\n');
  });

  it('leaves no escape after joining what stood around a sequence', () => {
    expect(cleaned('\x1b\x1b[31m]8;;x\x07y\n')).not.toMatch(/\x1b(?!\[[\d;:]*m)/);
    expect(cleaned('\x1b\x1b]0;a\x07[2Jx\n')).not.toMatch(/\x1b(?!\[[\d;:]*m)/);
  });

  it('as plain text has no colours either', () => {
    expect(plainText(Buffer.from('\x1b[32mgreen\x1b[0m ünï\n'))).toBe('green ünï\n');
  });
});
