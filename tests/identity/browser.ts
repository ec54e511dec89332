/** What a browser does with cookies and origins, as far as it matters here. */
export interface Browser {
  get(url: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form from a page of this origin. */
  submit(url: string, fields: Record<string, string>, origin?: string): Promise<Response>;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** By name, with what the server said of them. */
  cookies: Map<string, { value: string; attributes: string }>;
}

export function openBrowser(): Browser {
  const cookies: Browser['cookies'] = new Map();
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const cookie = [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as object), ...(cookie && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*);?(.*)$/.exec(line) ?? [];
      if (/Max-Age=0/i.test(attributes)) cookies.delete(name);
      else cookies.set(name, { value, attributes });
    }
    return response;
  };
  return {
    cookies,
    fetch: send,
    get: (url, headers = {}) => send(url, { headers }),
    submit: (url, fields, origin = new URL(url).origin) =>
      send(url, { method: 'POST', headers: { origin }, body: new URLSearchParams(fields) }),
  };
}
