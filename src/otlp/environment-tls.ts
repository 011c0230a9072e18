import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from '../proxy.ts'
import type { Blame, Found } from './environment-fault.ts'

/** Reads the certificate files that the variables name, and tries them. Undefined when none is named. */
export function readTls(
  variable: (key: string) => Found | undefined,
  readFile: (path: string) => Buffer,
  blame: Blame,
): TlsFiles | undefined {
  const read = (found: Found | undefined): Buffer | undefined => {
    try {
      return found && readFile(found.value)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : 'it is not readable'
      blame(found?.name ?? '', `the file ${found?.value} cannot be read: ${code}`, 'Check its path and mode.')
      return undefined
    }
  }
  const caFile = variable('CERTIFICATE')
  const certFile = variable('CLIENT_CERTIFICATE')
  const keyFile = variable('CLIENT_KEY')
  const ca = read(caFile)
  const cert = read(certFile)
  const key = read(keyFile)

  if (caFile && ca && !isCertificate(ca)) {
    blame(caFile.name, `the file ${caFile.value} holds no certificate`, 'Give certificates in PEM form.')
  }
  const lone = certFile && keyFile ? undefined : (certFile ?? keyFile)
  if (lone) {
    const lacking = certFile ? 'key' : 'certificate'
    blame(
      lone.name,
      `the client ${lacking} that belongs to it is not given`,
      'Give both CLIENT_CERTIFICATE and CLIENT_KEY.',
    )
  }
  if (certFile && cert && key && !belongTogether(cert, key)) {
    blame(
      certFile.name,
      'the client certificate and its key are damaged or do not fit each other',
      'Give the two in PEM form.',
    )
  }
  return ca || cert || key ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : undefined
}

function isCertificate(pem: Buffer): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}

function belongTogether(cert: Buffer, key: Buffer): boolean {
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}
