import { createRoute } from '@hono/zod-openapi';
import {
  memberChangeSchema,
  memberSchema,
  newUserSchema,
  userChangeSchema,
  userLinkSchema,
  userSchema,
} from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { recordAudit } from '../../access/audit.ts';
import { requirePermission, requireServerAdmin } from '../../access/permission.ts';
import { allowedProject } from '../../access/project-access.ts';
import { createLink, linkUrl } from '../../identity/links.ts';
import { listMembers, removeMember, setMember } from '../../identity/members.ts';
import { createUser, disableUser, listUsers, readUser, setServerAdmin } from '../../identity/users.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const userParams = z.object({ user: z.string().min(1).max(100) });
const memberParams = projectParams.extend(userParams.shape);

const list = createRoute({
  method: 'get',
  path: '/users',
  summary: 'List users',
  request: { query: noQuery },
  responses: answers(200, 'By name.', z.object({ users: z.array(userSchema) })),
});

const create = createRoute({
  method: 'post',
  path: '/users',
  summary: 'Make a user, with a link to choose a password by',
  request: { body: body(newUserSchema) },
  responses: answers(201, 'The user, and the link, shown this once.', userLinkSchema),
});

const change = createRoute({
  method: 'patch',
  path: '/users/{user}',
  summary: 'Make a user an admin of the server or not, or disable one',
  request: { params: userParams, body: body(userChangeSchema) },
  responses: answers(200, 'The user as it is now.', userSchema),
});

const makeLink = createRoute({
  method: 'post',
  path: '/users/{user}/link',
  summary: 'Make another link to choose a password by',
  request: { params: userParams },
  responses: answers(201, 'The link, shown this once.', userLinkSchema),
});

const members = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/members',
  summary: 'List who has which role in a project',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'By name.', z.object({ members: z.array(memberSchema) })),
});

const giveRole = createRoute({
  method: 'put',
  path: '/projects/{owner}/{name}/members/{user}',
  summary: 'Give a user a role in a project',
  request: { params: memberParams, body: body(memberChangeSchema) },
  responses: answersNothing('The user has the role.'),
});

const takeRole = createRoute({
  method: 'delete',
  path: '/projects/{owner}/{name}/members/{user}',
  summary: 'Take the role of a user in a project',
  request: { params: memberParams },
  responses: answersNothing('The user has none.'),
});

export function addUserRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, now, publicUrl } = context;
  const note = (decision: Decision) => noteDecision(context, decision);
  const linkFor = async (name: string) => {
    const { secret, expiresAt } = await createLink(
      { store, now: now() },
      { kind: 'choose-password', user: name },
    );
    return { link: linkUrl(publicUrl, secret), expiresAt };
  };
  api.openapi(list, async (c) => {
    requireServerAdmin(c.var.principal);
    return c.json({ users: await listUsers(store) }, 200);
  });
  api.openapi(create, async (c) => {
    requireServerAdmin(c.var.principal);
    const user = await createUser({ store, now: now() }, c.req.valid('json'));
    const { name, isServerAdmin } = user;
    await note({
      actor: c.var.actor,
      action: 'user.made',
      subject: `user ${name}`,
      detail: { isServerAdmin },
    });
    return c.json({ user, ...(await linkFor(name)) }, 201);
  });
  api.openapi(change, async (c) => {
    requireServerAdmin(c.var.principal);
    const { name } = await activeUser(context, c.req.valid('param').user);
    const { isServerAdmin, disabled } = c.req.valid('json');
    const { actor } = c.var;
    if (isServerAdmin !== undefined) {
      await setServerAdmin(store, name, isServerAdmin);
      await note({ actor, action: 'role.changed', subject: `user ${name}`, detail: { isServerAdmin } });
    }
    if (disabled) {
      await disableUser({ store, now: now() }, name);
      await note({ actor, action: 'user.disabled', subject: `user ${name}` });
    }
    return c.json(await readUser(store, name), 200);
  });
  api.openapi(makeLink, async (c) => {
    requireServerAdmin(c.var.principal);
    const user = await activeUser(context, c.req.valid('param').user);
    await note({ actor: c.var.actor, action: 'user.link-made', subject: `user ${user.name}` });
    return c.json({ user, ...(await linkFor(user.name)) }, 201);
  });
}

/** Who may do what in a project. */
export function addMemberRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  const note = (decision: Decision) => noteDecision(context, decision);
  api.openapi(members, async (c) => {
    const asking = { store, principal: c.var.principal, permission: 'project.read' } as const;
    const { name } = await allowedProject(asking, projectNameOf(c.req.valid('param')));
    return c.json({ members: await listMembers(store, name) }, 200);
  });
  api.openapi(giveRole, async (c) => {
    const { user: wanted, ...params } = c.req.valid('param');
    const asking = { store, principal: c.var.principal, permission: 'project.admin' } as const;
    const { name: project } = await allowedProject(asking, projectNameOf(params));
    const { name: user } = await activeUser(context, wanted);
    const { role } = c.req.valid('json');
    await setMember(store, { project, user, role });
    const subject = `user ${user}`;
    await note({ actor: c.var.actor, action: 'role.changed', project, subject, detail: { role } });
    return c.body(null, 204);
  });
  api.openapi(takeRole, async (c) => {
    const { user, ...params } = c.req.valid('param');
    const project = projectNameOf(params);
    requirePermission(c.var.principal, 'project.admin', project);
    await removeMember(store, { project, user });
    const subject = `user ${user.toLowerCase()}`;
    await note({ actor: c.var.actor, action: 'role.changed', project, subject, detail: { role: null } });
    return c.body(null, 204);
  });
}

interface Decision {
  actor: string;
  action: string;
  project?: string;
  subject: string;
  detail?: Record<string, unknown>;
}

function noteDecision({ store, now }: ApiContext, decision: Decision): Promise<void> {
  return recordAudit(store, { project: null, ...decision, at: now(), outcome: 'done' });
}

/** @throws SlipwayError `unknown-user` */
async function activeUser({ store }: ApiContext, name: string) {
  const user = await readUser(store, name);
  if (user.disabled) throw new SlipwayError('unknown-user');
  return user;
}
