/**
 * @typedef {{ id: string, title: string, status: 'todo' | 'in-progress' | 'done', priority: string, dueAt: string | null,
 *   assigneeId: string | null, version: number }} Task
 * @typedef {{ id: string, email: string, name: string }} User
 * @typedef {{ token: string, user: User }} Session
 * @typedef {{ code: string, title: string, errors?: { field: string, message: string }[] }} Problem
 */

/** An answer of the API that is not a success; its message is for people. */
export class ApiError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    const fields = problem.errors?.map(({ field, message }) => `${field} ${message}`) ?? [];
    super(fields.length > 0 ? fields.join('; ') : problem.title);
    this.code = problem.code;
  }
}

/** @param {string} token of a session; empty before there is one */
export function createApi(token = '') {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
   * @returns {Promise<any>}
   */
  async function send(method, path, { body, headers } = {}) {
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return undefined;
    const answer = await response
      .json()
      .catch(() => ({ code: 'unreadable', title: 'The service is not well' }));
    if (!response.ok) throw new ApiError(answer);
    return answer;
  }

  return {
    /** @param {{ email: string, password: string }} credentials @returns {Promise<Session>} */
    signIn: (credentials) => send('POST', '/auth/login', { body: credentials }),
    signOut: () => send('POST', '/auth/logout'),
    /** @returns {Promise<{ items: User[] }>} */
    listUsers: () => send('GET', '/users'),
    /** @param {Record<string, string>} query @returns {Promise<{ items: Task[], nextCursor: string | null }>} */
    listTasks: (query) => send('GET', `/tasks?${new URLSearchParams(query)}`),
    /** @param {Partial<Task>} task @returns {Promise<Task>} */
    createTask: (task) => send('POST', '/tasks', { body: task }),
    /** Refused when somebody else was faster. @param {Task} task @param {Partial<Task>} changes @returns {Promise<Task>} */
    changeTask: (task, changes) =>
      send('PATCH', `/tasks/${task.id}`, { body: changes, headers: { 'if-match': `"${task.version}"` } }),
  };
}
