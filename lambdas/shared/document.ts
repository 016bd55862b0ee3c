import { gunzipSync, gzipSync } from 'node:zlib';

/** How a document lies in an item of the table: small ones as JSON that people can read, large ones packed. */
export type StoredDocument = { readonly document: string } | { readonly packed: Uint8Array };

/**
 * Above this a document is packed. DynamoDB takes 400 KB an item; a group of a thousand alerts that differ in little has
 * about a megabyte of JSON, and some tens of kilobytes packed.
 */
const PACK_ABOVE = 32_768;

export function storeDocument(document: unknown): StoredDocument {
  const json = JSON.stringify(document);
  return json.length <= PACK_ABOVE ? { document: json } : { packed: gzipSync(json, { level: 1 }) };
}

/** @param stored the attributes of an item, whichever of the two it has */
export function readDocument<T>(stored: { readonly document?: unknown; readonly packed?: unknown }): T {
  const { document, packed } = stored;
  const json = packed instanceof Uint8Array ? gunzipSync(packed).toString('utf8') : document;
  return JSON.parse(typeof json === 'string' ? json : 'null') as T;
}
