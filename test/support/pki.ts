import 'reflect-metadata';
import { type webcrypto as Web, webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[0]);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** Files and PEM texts of one certificate. */
export interface Credentials {
  readonly certificate: string;
  readonly privateKey: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** A certificate authority of its own under `directory`, valid for a day either side of now. */
export class TestAuthority {
  readonly caFile: string;
  readonly ca: string;
  private readonly directory: string;
  private readonly certificate: X509Certificate;
  private readonly keys: Web.CryptoKeyPair;
  private serial = 1;

  private constructor(directory: string, certificate: X509Certificate, keys: Web.CryptoKeyPair) {
    this.directory = directory;
    this.certificate = certificate;
    this.keys = keys;
    this.ca = certificate.toString('pem');
    this.caFile = join(directory, 'ca.pem');
    writeFileSync(this.caFile, this.ca);
  }

  static async create(directory: string): Promise<TestAuthority> {
    mkdirSync(directory, { recursive: true });
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'CN=Test authority',
      ...validity(),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(directory, certificate, keys);
  }

  /** A certificate for a thing (or a server on 127.0.0.1): its common name is `name`. */
  async issue(name: string): Promise<Credentials> {
    const keys = await newKeys();
    this.serial += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: this.serial.toString(16).padStart(2, '0'),
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      ...validity(),
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
        ]),
      ],
    });
    const privateKey = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    const credentials = {
      certificate: certificate.toString('pem'),
      privateKey,
      certificateFile: join(this.directory, `${name}.pem`),
      privateKeyFile: join(this.directory, `${name}.key`),
    };
    writeFileSync(credentials.certificateFile, credentials.certificate);
    writeFileSync(credentials.privateKeyFile, credentials.privateKey);
    return credentials;
  }
}

function newKeys(): Promise<Web.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
}
