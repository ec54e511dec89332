/** @import { Session, Task, User } from './api.js' */
import { ApiError, createApi } from './api.js';
import { element, say, showAccount, showAssignees, showTasks } from './view.js';

/** The page's one state: who is signed in, and what is on the screen. The session lives as long as the tab. */
const sessionKey = 'taskmanager.session';
/** @type {Session | undefined} */
let session = JSON.parse(sessionStorage.getItem(sessionKey) ?? 'null') ?? undefined;
let api = createApi(session?.token);
/** @type {Map<string, User>} */
let users = new Map();
/** @type {{ tasks: Task[], cursor: string | null }} */
let page = { tasks: [], cursor: null };

onSubmit('sign-in', async (fields, form) => {
  await enter(await api.signIn({ email: fields.email ?? '', password: fields.password ?? '' }));
  form.reset();
});

onSubmit('new-task', async ({ title, priority, dueAt, assigneeId }, form) => {
  await api.createTask({
    title,
    priority,
    dueAt: dueAt ? new Date(dueAt).toISOString() : null,
    assigneeId: assigneeId || null,
  });
  form.reset();
  await load();
});

element('filter', HTMLFormElement).onchange = () => attempt(() => load());
element('more', HTMLButtonElement).onclick = () => attempt(() => load(page.cursor));
element('sign-out', HTMLButtonElement).onclick = () =>
  attempt(async () => {
    await api.signOut();
    leave();
  });

if (session) await attempt(start);
else showAccount(undefined);

/** @param {Session} entered */
async function enter(entered) {
  session = entered;
  sessionStorage.setItem(sessionKey, JSON.stringify(session));
  api = createApi(session.token);
  await start();
}

function leave() {
  session = undefined;
  sessionStorage.removeItem(sessionKey);
  api = createApi();
  page = { tasks: [], cursor: null };
  show();
  showAccount(undefined);
}

async function start() {
  const { items } = await api.listUsers();
  users = new Map(items.map((user) => [user.id, user]));
  showAssignees(items);
  await load();
  showAccount(session?.user);
}

/** The first page, or the one after `cursor` below what is shown. @param {string | null} [cursor] */
async function load(cursor) {
  const status = new FormData(element('filter', HTMLFormElement)).get('status');
  const next = await api.listTasks({ ...(status && { status: String(status) }), ...(cursor && { cursor }) });
  page = { tasks: [...(cursor ? page.tasks : []), ...next.items], cursor: next.nextCursor };
  show();
}

function show() {
  showTasks(page.tasks, users, (task, changes) =>
    attempt(async () => {
      try {
        await api.changeTask(task, changes);
      } finally {
        // Also after a refusal: then somebody else changed the task, and this shows how.
        await load();
      }
    }),
  );
  element('more', HTMLButtonElement).hidden = page.cursor === null;
}

/**
 * @param {string} id
 * @param {(fields: Record<string, string | undefined>, form: HTMLFormElement) => Promise<void>} act
 */
function onSubmit(id, act) {
  const form = element(id, HTMLFormElement);
  form.onsubmit = (event) => {
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    return attempt(() => act(fields, form));
  };
}

/** Does something for a person: what goes wrong is told, and a session that has ended leads back to signing in. */
async function attempt(/** @type {() => Promise<void>} */ act) {
  say('');
  try {
    await act();
  } catch (error) {
    say(error instanceof ApiError ? error.message : 'The service can not be reached');
    if (error instanceof ApiError && error.code === 'unauthenticated') leave();
  }
}
