/** What is to be sent over HTTP. */
export interface HttpRequest {
  readonly transport: 'http';
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is to be published to the topic of the environment. */
export interface SnsRequest {
  readonly transport: 'sns';
  /** Up to 100 printable ASCII characters: SNS refuses others. */
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export type ChannelRequest = HttpRequest | SnsRequest;

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
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
