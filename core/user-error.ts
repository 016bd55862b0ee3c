/**
 * What was asked for cannot be done as asked, and the person who asked can mend it: a wrong file, option or setting.
 * The message says the subject, the value received, the value allowed and what to do. Command lines print it without a
 * stack trace and end with code 2.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}
