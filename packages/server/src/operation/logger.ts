/** Where the server says what it does: pino's interface, as far as it is used. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
