/** @import { Task, User } from './api.js' */

/**
 * The element with this id, which the page must have.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return found;
}

/** @param {string} text */
export function say(text) {
  element('message', HTMLParagraphElement).textContent = text;
}

/** @param {User | undefined} user */
export function showAccount(user) {
  element('account', HTMLParagraphElement).hidden = !user;
  element('tasks', HTMLElement).hidden = !user;
  element('sign-in', HTMLFormElement).hidden = Boolean(user);
  element('user-name', HTMLSpanElement).textContent = user?.name ?? '';
}

/** @param {User[]} users */
export function showAssignees(users) {
  const select = element('new-task', HTMLFormElement).querySelector('[name=assigneeId]');
  const options = users.map(({ id, name }) => new Option(name, id));
  select?.replaceChildren(new Option('Nobody', ''), ...options);
}

/**
 * @param {Task[]} tasks
 * @param {Map<string, User>} users
 * @param {(task: Task, changes: Partial<Task>) => void} onChange
 */
export function showTasks(tasks, users, onChange) {
  const items = tasks.map((task) => taskItem(task, users, onChange));
  element('task-list', HTMLUListElement).replaceChildren(...items);
  element('no-tasks', HTMLParagraphElement).hidden = tasks.length > 0;
}

/**
 * @param {Task} task
 * @param {Map<string, User>} users
 * @param {(task: Task, changes: Partial<Task>) => void} onChange
 */
function taskItem(task, users, onChange) {
  const template = element('task-template', HTMLTemplateElement).content.firstElementChild;
  const item = /** @type {HTMLLIElement} */ (template?.cloneNode(true));
  item.classList.add(task.status);
  // As text, never as markup: titles are whatever somebody typed.
  part(item, '.title', HTMLElement).textContent = task.title;
  part(item, '.facts', HTMLElement).textContent = facts(task, users);
  const start = part(item, '.start', HTMLButtonElement);
  start.hidden = task.status !== 'todo';
  start.onclick = () => onChange(task, { status: 'in-progress' });
  const finish = part(item, '.finish', HTMLButtonElement);
  finish.hidden = task.status === 'done';
  finish.onclick = () => onChange(task, { status: 'done' });
  return item;
}

/** @param {Task} task @param {Map<string, User>} users */
function facts({ status, priority, dueAt, assigneeId }, users) {
  const due = dueAt && `due ${new Date(dueAt).toLocaleString()}`;
  const assignee = assigneeId && (users.get(assigneeId)?.name ?? 'somebody who left');
  return [status.replace('-', ' '), `${priority} priority`, due, assignee].filter(Boolean).join(' · ');
}

/**
 * @template {Element} T
 * @param {Element} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
function part(parent, selector, type) {
  const found = parent.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`There is no ${selector}`);
  return found;
}
