import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** An OpenID provider that signs everybody in as whoever it is told. */
export interface FakeIssuer {
  url: string;
  /** What the next sign-in says. */
  claims: Record<string, unknown>;
  /** Put over the ID token of the next sign-in, to make it a wrong one. */
  forged: Record<string, unknown>;
  close(): Promise<void>;
}

export const fakeClient = { clientId: 'slipway', clientSecret: 'a-secret-of-the-client' };

export async function startFakeIssuer(): Promise<FakeIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const codes = new Map<string, URLSearchParams>();
  const issuer: FakeIssuer = { url: '', claims: {}, forged: {}, close: async () => {} };
  const answer = async (
    request: IncomingMessage,
  ): Promise<{ status: number; body?: object; to?: string }> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer.url);
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return {
          status: 200,
          body: {
            issuer: issuer.url,
            authorization_endpoint: `${issuer.url}/authorize`,
            token_endpoint: `${issuer.url}/token`,
            jwks_uri: `${issuer.url}/keys`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['ES256'],
          },
        };
      case '/keys':
        return { status: 200, body: { keys: [jwk] } };
      case '/authorize': {
        const code = randomUUID();
        codes.set(code, searchParams);
        const back = new URL(searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', searchParams.get('state') ?? '');
        return { status: 302, to: back.href };
      }
      case '/token':
        return redeem(new URLSearchParams(await textOf(request)));
      default:
        return { status: 404, body: {} };
    }
  };
  const redeem = async (form: URLSearchParams) => {
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isClient = form.get('client_secret') === fakeClient.clientSecret;
    if (asked?.get('code_challenge') !== challenge || !isClient) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    const id_token = await new SignJWT({ nonce: asked.get('nonce'), ...issuer.claims, ...issuer.forged })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer((issuer.forged.iss as string) ?? issuer.url)
      .setAudience((issuer.forged.aud as string) ?? fakeClient.clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return { status: 200, body: { access_token: 'x', token_type: 'Bearer', id_token } };
  };
  const server = createServer(async (request, response) => {
    const { status, body, to } = await answer(request);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(to !== undefined && { location: to }),
    });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return issuer;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
