import { readFileSync } from 'node:fs';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Anchor } from '../../core/audit/anchor.ts';
import { type AuditEntry, CHAINS } from '../../core/audit/entry.ts';
import { UserError } from '../../core/user-error.ts';
import { dynamoAlertsTable } from '../../lambdas/shared/alerts-table.ts';
import { ANCHORS_PREFIX } from '../../lambdas/shared/anchor-key.ts';
import { readChain } from '../../lambdas/shared/audit.ts';
import type { FoundDeployment } from '../deployment.ts';

/** The whole audit trail, as it is stored: nothing of it has been verified. */
export interface Trail {
  readonly chains: Readonly<Record<string, readonly AuditEntry[]>>;
  /** By number. */
  readonly anchors: readonly Anchor[];
}

/** Objects read at a time. */
const PARALLEL = 16;

/** Anchors are read before the chains: what is appended meanwhile is in no anchor yet, which is no contradiction. */
export async function readTrail(deployment: FoundDeployment): Promise<Trail> {
  const anchors = await readAnchors(new S3Client(deployment.client), deployment.output('AuditAnchorsBucketName'));
  const table = dynamoAlertsTable(deployment.dynamo, deployment.alertsTable, Date.now);
  const chains = await Promise.all(CHAINS.map(async (chain) => [chain, await readChain(table, chain)] as const));
  return { chains: Object.fromEntries(chains), anchors };
}

async function readAnchors(client: S3Client, bucket: string): Promise<Anchor[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: ANCHORS_PREFIX })) {
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
  }
  const anchors: Anchor[] = [];
  for (let i = 0; i < keys.length; i += PARALLEL) {
    const bodies = keys.slice(i, i + PARALLEL).map(async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? '') as Anchor;
    });
    anchors.push(...(await Promise.all(bodies)));
  }
  return anchors;
}

/** A line of an export: an entry in its chain, or an anchor. */
type Line = { readonly chain: string; readonly entry: AuditEntry } | { readonly anchor: Anchor };

/** The trail as JSON lines, for whoever is to verify it without access to the deployment. */
export function* exportLines({ chains, anchors }: Trail): Generator<string> {
  const line = (value: Line): string => `${JSON.stringify(value)}\n`;
  for (const [chain, entries] of Object.entries(chains)) for (const entry of entries) yield line({ chain, entry });
  for (const anchor of anchors) yield line({ anchor });
}

/** @throws UserError naming the line that is none of an export */
export function readExport(file: string): Trail {
  const chains: Record<string, AuditEntry[]> = Object.fromEntries(CHAINS.map((chain) => [chain, []]));
  const anchors: Anchor[] = [];
  for (const [index, text] of readText(file).split('\n').entries()) {
    if (text === '') continue;
    const line = parse(text);
    if (line && 'anchor' in line) anchors.push(line.anchor);
    else if (line && chains[line.chain]) chains[line.chain]?.push(line.entry);
    else throw new UserError(`${file}:${index + 1} is no line of an export: npx nsmon audit export writes them`);
  }
  return { chains, anchors };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parse(text: string): Line | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<string, unknown>> | null;
    return value && ('anchor' in value || 'entry' in value) ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}
