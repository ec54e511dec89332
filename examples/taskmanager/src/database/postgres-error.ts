import { DatabaseError } from 'pg';

/** Whether PostgreSQL refused a statement for breaking the named constraint. */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.constraint === constraint;
}
