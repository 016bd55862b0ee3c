// The certificate library registers itself with the metadata it needs from this one.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

type CryptoKey = webcrypto.CryptoKey;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface KeyFiles {
  readonly certPath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

/** The twin's certificate authority: in AWS, IoT Core's own. It lives in the data directory, so devices stay known. */
export interface Pki {
  readonly caCertificate: string;
  readonly caPath: string;
  /** For the broker: valid for localhost and 127.0.0.1. */
  readonly server: KeyPair;
  /** A device certificate whose common name is the thing, made once and then kept. */
  issue(thingName: string): Promise<KeyFiles>;
}

/** @param directory made when it is not there; private keys in it are readable by the user only */
export async function openPki(directory: string, nowMs: number): Promise<Pki> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const caFiles = filesOf(directory, 'ca');
  const ca = existsSync(caFiles.keyPath) ? await load(caFiles) : await store(caFiles, await makeCa(nowMs));
  const signer = await signerOf(ca);

  async function certificateFor(name: string, extensions: readonly x509.Extension[]): Promise<KeyFiles> {
    const files = filesOf(directory, name);
    if (existsSync(files.keyPath)) return files;
    await store(files, await makeSigned(name, extensions, signer, nowMs));
    return files;
  }

  const serverFiles = await certificateFor('localhost', [
    new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
    ]),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  ]);
  return {
    caCertificate: ca.certificate,
    caPath: caFiles.certPath,
    server: await load(serverFiles),
    async issue(thingName) {
      if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(thingName)) {
        throw new Error(`the thing name ${JSON.stringify(thingName)} must be 1 to 128 of a-z, A-Z, 0-9, ":", "_", "-"`);
      }
      return certificateFor(thingName, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]);
    },
  };
}

function filesOf(directory: string, name: string): KeyFiles {
  const file = name.replaceAll(':', '%3A');
  return {
    certPath: join(directory, `${file}.cert.pem`),
    keyPath: join(directory, `${file}.key.pem`),
    caPath: join(directory, 'ca.cert.pem'),
  };
}

async function load({ certPath, keyPath }: KeyFiles): Promise<KeyPair> {
  return { certificate: await readFile(certPath, 'utf8'), privateKey: await readFile(keyPath, 'utf8') };
}

async function store({ certPath, keyPath }: KeyFiles, pair: KeyPair): Promise<KeyPair> {
  await writeFile(certPath, pair.certificate);
  // Last: a pair counts as made when its key is there.
  await writeFile(keyPath, pair.privateKey, { mode: 0o600 });
  return pair;
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

async function signerOf({ certificate, privateKey }: KeyPair): Promise<Signer> {
  const der = x509.PemConverter.decodeFirst(privateKey);
  return {
    certificate: new x509.X509Certificate(certificate),
    key: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']),
  };
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function makeCa(nowMs: number): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(nowMs),
    name: 'CN=NeuraScale Monitor twin',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

async function makeSigned(
  commonName: string,
  extensions: readonly x509.Extension[],
  { certificate: issuer, key }: Signer,
  nowMs: number,
): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(nowMs),
    subject: `CN=${commonName}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensions,
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/** From yesterday, as clocks differ, for ten years. */
function validity(nowMs: number) {
  return {
    // A serial number is positive: its first bit must be 0.
    serialNumber: `01${randomBytes(8).toString('hex')}`,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + 3650 * DAY_MS),
  };
}

async function toPem(certificate: x509.X509Certificate, privateKey: CryptoKey): Promise<KeyPair> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return { certificate: certificate.toString('pem'), privateKey: x509.PemConverter.encode(der, 'PRIVATE KEY') };
}
