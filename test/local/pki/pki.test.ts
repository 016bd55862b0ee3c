import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openPki } from '../../../local/pki/pki.ts';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-pki-'));
const NOW = Date.parse('2026-11-23T10:00:00Z');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the twin's certificates", () => {
  test('name the thing and are signed by the authority', async () => {
    const pki = await openPki(join(directory, 'a'), NOW);
    const { certPath, keyPath, caPath } = await pki.issue('lab-1');
    const certificate = new X509Certificate(readFileSync(certPath));
    expect(certificate.subject).toBe('CN=lab-1');
    expect(certificate.verify(new X509Certificate(readFileSync(caPath)).publicKey)).toBe(true);
    expect(statSync(keyPath).mode & 0o077).toBe(0);
  });

  test('let clients find the broker under its name and address', async () => {
    const { server } = await openPki(join(directory, 'a'), NOW);
    const certificate = new X509Certificate(server.certificate);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });

  test('are kept: a twin that starts again knows its devices', async () => {
    const [first, second] = [await openPki(join(directory, 'b'), NOW), await openPki(join(directory, 'b'), NOW)];
    expect(second.caCertificate).toBe(first.caCertificate);
    const read = async (pki: typeof first) => readFileSync((await pki.issue('lab-1')).certPath, 'utf8');
    expect(await read(second)).toBe(await read(first));
  });

  test('are not issued for a name that is none', async () => {
    const pki = await openPki(join(directory, 'a'), NOW);
    await expect(pki.issue('../lab-1')).rejects.toThrow('the thing name "../lab-1" must be 1 to 128 of');
  });
});
