/** What is to be sent over HTTP. */
export interface HttpRequest {
  readonly transport: 'http';
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Refused when the address that the name leads to is not a public one. */
  readonly publicOnly?: boolean;
}

/** What is to be published to the topic of the environment. */
export interface SnsRequest {
  readonly transport: 'sns';
  /** Up to 100 printable ASCII characters: SNS refuses others. */
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is to be sent to a telephone. */
export interface SmsRequest {
  readonly transport: 'sms';
  /** E.164: `+4915112345678`. */
  readonly to: string;
  readonly message: string;
}

/** What is to be sent by e-mail. */
export interface EmailRequest {
  readonly transport: 'email';
  readonly to: readonly string[];
  readonly subject: string;
  /** The plain-text part. */
  readonly message: string;
  readonly html: string;
}

export type ChannelRequest = HttpRequest | SnsRequest | SmsRequest | EmailRequest;

export function postJson(url: string, body: object, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return {
    transport: 'http',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** The text, or its beginning and an ellipsis. `max` counts UTF-16 units, as the channels' limits do. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Printable ASCII only: what SNS takes as a subject, and what fits one SMS segment twice as long. */
export function asciiOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').trim() || 'alert';
}
