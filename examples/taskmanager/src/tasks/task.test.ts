import { describe, expect, test } from 'vitest';
import { draftTask, reviseTask, type TaskDraft } from './task.ts';

const morning = new Date('2026-03-02T08:00:00Z');
const noon = new Date('2026-03-02T12:00:00Z');
const evening = new Date('2026-03-02T18:00:00Z');
const draft: TaskDraft = {
  title: 'Write the release notes',
  description: '',
  status: 'todo',
  priority: 'normal',
  dueAt: evening,
  assigneeId: 'user-2',
};
const facts = { id: 'task-1', createdBy: 'user-1', now: morning };

describe('draftTask', () => {
  test('a new task starts at version 1 and is not completed', () => {
    expect(draftTask(draft, facts)).toEqual({
      ...draft,
      id: 'task-1',
      createdBy: 'user-1',
      createdAt: morning,
      updatedAt: morning,
      completedAt: null,
      version: 1,
    });
  });

  test('a task that is written down after it was done is completed at once', () => {
    expect(draftTask({ ...draft, status: 'done' }, facts).completedAt).toEqual(morning);
  });
});

describe('reviseTask', () => {
  const task = draftTask(draft, facts);

  test('changes what is given, keeps the rest and counts the version up', () => {
    expect(reviseTask(task, { title: 'Write the changelog', priority: 'high' }, noon)).toEqual({
      ...task,
      title: 'Write the changelog',
      priority: 'high',
      updatedAt: noon,
      version: 2,
    });
  });

  test('null clears the due date and the assignee, undefined leaves them', () => {
    expect(reviseTask(task, { dueAt: null, assigneeId: null }, noon)).toMatchObject({
      dueAt: null,
      assigneeId: null,
    });
    expect(reviseTask(task, { dueAt: undefined }, noon).dueAt).toEqual(evening);
  });

  test('finishing stamps the time once: a later edit of a finished task keeps it', () => {
    const finished = reviseTask(task, { status: 'done' }, noon);
    expect(finished.completedAt).toEqual(noon);
    expect(reviseTask(finished, { title: 'Notes' }, evening).completedAt).toEqual(noon);
  });

  test('reopening clears the completion time', () => {
    const finished = reviseTask(task, { status: 'done' }, noon);
    expect(reviseTask(finished, { status: 'in-progress' }, evening).completedAt).toBeNull();
  });
});
