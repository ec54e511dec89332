import { expect, type Page, test } from '@playwright/test';

/** The synthetic account of the deployment under test. */
const email = required('TEST_USER_EMAIL');
const password = required('TEST_USER_PASSWORD');

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name} to the account that the tests sign in with`);
  return value;
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
}

/** A title that no other run of the tests has. */
function uniqueTitle(subject: string): string {
  return `${subject} ${crypto.randomUUID()}`;
}

test('a person signs in, creates a task and finishes it', async ({ page }) => {
  const title = uniqueTitle('Ship it');
  await signIn(page);

  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Priority').selectOption('Urgent');
  await page.getByRole('button', { name: 'Add task' }).click();
  const task = page.getByRole('listitem').filter({ hasText: title });
  await expect(task).toContainText('todo · urgent priority');

  await task.getByRole('button', { name: 'Finish' }).click();
  await expect(task).toContainText('done');
  await expect(task.getByRole('button', { name: 'Finish' })).toBeHidden();

  await page.getByLabel('Show').selectOption('To do');
  await expect(task).toBeHidden();
  await page.getByLabel('Show').selectOption('Done');
  await expect(task).toBeVisible();
});

test('a wrong password is told, and opens nothing', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('The e-mail address or the password is wrong');
  await expect(page.getByLabel('Title')).toBeHidden();
});

test('a session outlives a reload and ends with signing out', async ({ page }) => {
  await signIn(page);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('markup in a title is shown as it was typed', async ({ page }) => {
  const title = uniqueTitle('<img src=x onerror="document.title=1"><b>bold</b>');
  await signIn(page);
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Add task' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: title })).toBeVisible();
  await expect(page).toHaveTitle('Tasks');
});

test('two people who change the same task do not overwrite each other', async ({ page, context }) => {
  const title = uniqueTitle('Contested');
  await signIn(page);
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Add task' }).click();
  const mine = page.getByRole('listitem').filter({ hasText: title });
  await expect(mine).toBeVisible();

  const second = await context.newPage();
  await signIn(second);
  const theirs = second.getByRole('listitem').filter({ hasText: title });
  await theirs.getByRole('button', { name: 'Finish' }).click();
  await expect(theirs).toContainText('done');

  await mine.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('alert')).toHaveText('Somebody else changed this since it was read');
  await expect(mine).toContainText('done');
});
