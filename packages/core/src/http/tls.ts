import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates } from 'node:tls';
import { excerpt, ScangateError } from '../errors.js';
import type { HttpClientOptions } from './types.js';

export interface TlsOptions {
  /** Named, so that no environment variable turns verification off. */
  rejectUnauthorized: true;
  ca?: string[];
  cert?: string;
  key?: string;
  passphrase?: string;
}

const CERTIFICATES = /-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^-]*(?:-----END \1-----)?/g;

/** Throws `SCANGATE_HTTP_SETTINGS` for what is no certificate or no key, before any connection is tried. */
export function tlsOptions({
  caTexts = [],
  clientCertificate,
}: Pick<HttpClientOptions, 'caTexts' | 'clientCertificate'>): TlsOptions {
  const options: TlsOptions = { rejectUnauthorized: true };
  for (const [index, text] of caTexts.entries()) checkCa(text, `CA file ${index + 1}`);
  // Left out, the runtime takes its own roots and those of NODE_EXTRA_CA_CERTS; named, it takes only what is named.
  if (caTexts.length > 0) options.ca = [...rootCertificates, ...caTexts];
  if (clientCertificate) {
    options.cert = clientCertificate.certificate;
    options.key = clientCertificate.key;
    if (clientCertificate.passphrase !== undefined) options.passphrase = clientCertificate.passphrase;
  }
  if (clientCertificate) {
    const { cert, key, passphrase } = options;
    attempt('client certificate', () => createSecureContext({ cert, key, passphrase }));
  }
  return options;
}

/** The runtime passes over what it cannot read, and the connection would fail later for no visible reason. */
function checkCa(text: string, what: string): void {
  const certificates = text.match(CERTIFICATES) ?? [];
  if (certificates.length === 0) throw unusable(what, 'it holds no certificate in PEM form');
  for (const certificate of certificates) attempt(what, () => new X509Certificate(certificate));
}

function attempt(what: string, use: () => unknown): void {
  try {
    use();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw unusable(what, excerpt(cause.message, 120), cause);
  }
}

const unusable = (what: string, why: string, cause?: unknown): ScangateError =>
  new ScangateError('SCANGATE_HTTP_SETTINGS', `${what}: cannot be used: ${why}`, { cause });
