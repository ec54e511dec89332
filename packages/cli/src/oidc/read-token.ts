import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Claims } from './assess-trust.ts';

/** @returns what a token says, whoever signed it; null: it is no token */
export function decodeToken(token: string): Claims | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Whether the issuer that a token names has signed it, by the keys that it publishes. Times are not looked at.
 * @returns why not, one clause; null: it has
 */
export async function assessSignature(token: string, issuer: string): Promise<string | null> {
  try {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`);
    if (!response.ok) return `the issuer ${issuer} answers ${response.status} where its keys should be named`;
    const discovery = discoverySchema.parse(await response.json());
    if (discovery.issuer !== issuer) return `the issuer ${issuer} calls itself ${discovery.issuer}`;
    const { iat = 0 } = decodeJwt(token);
    await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      currentDate: new Date(iat * 1000),
    });
    return null;
  } catch (error) {
    return `the signature of ${issuer} can't be confirmed: ${error instanceof Error ? error.message : error}`;
  }
}
