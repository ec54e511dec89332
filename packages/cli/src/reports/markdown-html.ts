import { Marked } from 'marked';

/**
 * Markdown of a step summary as HTML that can do nothing: HTML in it is shown as text, and links lead to web pages only.
 */
export function markdownHtml(markdown: string): string {
  return renderer.parse(markdown, { async: false });
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const renderer = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return isWebAddress(href)
        ? `<a href="${escapeHtml(href)}" rel="noopener noreferrer">${text}</a>`
        : text;
    },
    image: ({ text }) => escapeHtml(text),
  },
});

function isWebAddress(href: string): boolean {
  return /^https?:\/\//i.test(href);
}
