/** The partition of the table of alerts with the state of each sender, by its name. */
export const SENDERS = 'SENDER';
