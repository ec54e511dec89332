import { createRoute } from '@hono/zod-openapi';
import { madeTokenSchema, newTokenSchema, tokenSchema } from '@slipway/contracts/api/identity';
import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { listTokens, makeToken, type NewToken, readToken, revokeToken } from '../../access/api-tokens.ts';
import { recordAudit } from '../../access/audit.ts';
import { requireServerAdmin } from '../../access/permission.ts';
import type { Person, Principal } from '../../access/principal.ts';
import { adminName } from '../../access/tokens.ts';
import { readUser } from '../../identity/users.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body } from './describe-route.ts';

const list = createRoute({
  method: 'get',
  path: '/tokens',
  summary: 'List your tokens, or as an admin of the server those of everybody',
  request: { query: z.strictObject({ all: z.enum(['true', 'false']).default('false') }) },
  responses: answers(200, 'The newest first.', z.object({ tokens: z.array(tokenSchema) })),
});

const make = createRoute({
  method: 'post',
  path: '/tokens',
  summary: 'Make a token, for yourself or for runners',
  request: { body: body(newTokenSchema) },
  responses: answers(201, 'The token, shown this once.', madeTokenSchema),
});

const revoke = createRoute({
  method: 'delete',
  path: '/tokens/{token}',
  summary: 'Revoke a token',
  request: { params: z.object({ token: rowNumberSchema }) },
  responses: answersNothing('It is not good any more.'),
});

const dayMs = 24 * 60 * 60_000;

export function addTokenRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, now } = context;
  const note = (action: string, actor: string, { id, name, kind, owner }: Named) => {
    const subject = kind === 'runner' ? `token ${id} ${name} of runners` : `token ${id} ${name} of ${owner}`;
    return recordAudit(store, { at: now(), actor, action, project: null, subject, outcome: 'done' });
  };
  api.openapi(list, async (c) => {
    const person = unlimitedPerson(c.var.principal);
    const isAll = c.req.valid('query').all === 'true';
    if (isAll) requireServerAdmin(person);
    return c.json({ tokens: await listTokens(store, isAll ? undefined : person.name) }, 200);
  });
  api.openapi(make, async (c) => {
    const wanted = await assessToken(context, unlimitedPerson(c.var.principal), c.req.valid('json'));
    const made = await makeToken({ store, now: now() }, wanted);
    await note('token.made', c.var.actor, made);
    return c.json(made, 201);
  });
  api.openapi(revoke, async (c) => {
    const person = unlimitedPerson(c.var.principal);
    const { token: id } = c.req.valid('param');
    const token = await readToken(store, id).catch((error: unknown) => {
      if (person.isServerAdmin) throw error;
      return null;
    });
    // Whose tokens there are besides their own is not for everybody to know.
    if (token?.owner !== person.name) requireServerAdmin(person);
    await revokeToken({ store, now: now() }, id);
    if (token !== null) await note('token.revoked', c.var.actor, token);
    return c.body(null, 204);
  });
}

interface Named {
  id: number;
  name: string;
  kind: 'person' | 'runner';
  owner: string;
}

/** A token that is limited could make one that is not. */
function unlimitedPerson(principal: Principal): Person {
  if (principal.kind !== 'person' || principal.scopes !== null) throw new SlipwayError('forbidden');
  return principal;
}

async function assessToken(
  { store, now }: ApiContext,
  person: Person,
  wanted: z.output<typeof newTokenSchema>,
): Promise<NewToken> {
  const { kind, name, expiresInDays } = wanted;
  const expiresAt = expiresInDays === null ? null : now() + expiresInDays * dayMs;
  if (kind === 'runner') {
    requireServerAdmin(person);
    return { kind, name, owner: person.name, scopes: null, project: null, expiresAt };
  }
  const owner = wanted.user?.toLowerCase() ?? person.name;
  if (owner !== person.name) requireServerAdmin(person);
  if (owner !== adminName) {
    const { disabled } = await readUser(store, owner);
    if (disabled) throw new SlipwayError('unknown-user', { field: 'user' });
  }
  return { kind, name, owner, scopes: wanted.scopes, project: wanted.project ?? null, expiresAt };
}
