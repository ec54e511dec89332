import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
main { width: min(22rem, 90vw); }
h1 { font-size: 1.4rem; }
form, main { display: grid; gap: .75rem; }
label { display: grid; gap: .25rem; }
input, button, .button { font: inherit; padding: .5rem .75rem; border: 1px solid GrayText; border-radius: .4rem; }
button, .button { background: #1f5fbf; color: white; border-color: #1f5fbf; text-align: center; text-decoration: none; cursor: pointer; }
.problem { border-left: .25rem solid #c62828; padding-left: .75rem; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

export type PageContent = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A page without scripts, that no other site may frame and whose address goes nowhere. */
export async function page(
  c: Context,
  {
    title,
    problem,
    content,
    status = 200,
  }: {
    title: string;
    problem?: string;
    content: PageContent;
    status?: 200 | 400 | 401 | 403 | 409 | 410 | 429;
  },
): Promise<Response> {
  c.header(
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  // `no-referrer` would make browsers send `Origin: null` with the page's own forms.
  c.header('referrer-policy', 'same-origin');
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', 'no-store');
  const said = problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`;
  const text = await html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Slipway</title><style>${raw(style)}</style></head>
<body><main><h1>${title}</h1>${said}${content}</main></body>
</html>
`;
  return c.html(text, status);
}
