/** A certificate authority of the tests' own, made with the openssl program. */
import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface CertificateAuthority {
  readonly cert: Buffer
  /** A certificate signed by this authority. */
  issue(name: string, form?: CertificateForm): KeyPair
}

export interface CertificateForm {
  /** As OpenSSL writes them; 127.0.0.1 and localhost without. */
  readonly subjectAltName?: string
  /** Negative ones make a certificate that has expired. */
  readonly days?: number
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'own.key']

export function certificateAuthority(name: string): CertificateAuthority {
  using files = workplace()
  files.openssl('req', '-x509', ...NEW_KEY, '-out', 'own.pem', '-days', '2', '-subj', `/CN=${name}`)
  const own = files.keyPair()
  return { cert: own.cert, issue: (subject, form) => issue(own, subject, form) }
}

function issue(
  authority: KeyPair,
  subject: string,
  { subjectAltName = 'IP:127.0.0.1,DNS:localhost', days = 2 }: CertificateForm = {},
): KeyPair {
  using files = workplace()
  files.write('ca.pem', authority.cert)
  files.write('ca.key', authority.key)
  files.write('names.cnf', `subjectAltName=${subjectAltName}`)
  files.openssl('req', ...NEW_KEY, '-out', 'own.csr', '-subj', `/CN=${subject}`)
  files.openssl(
    ...['x509', '-req', '-in', 'own.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', String(days), '-extfile', 'names.cnf', '-out', 'own.pem'],
  )
  return files.keyPair()
}

/** A directory of its own, removed at the end of the block. */
function workplace() {
  const directory = mkdtempDisposableSync(join(tmpdir(), 'proofpoint-otel-ca-'))
  const at = (file: string) => join(directory.path, file)
  return {
    openssl: (...args: string[]) => execFileSync('openssl', args, { cwd: directory.path, stdio: 'pipe' }),
    write: (file: string, content: string | Buffer) => writeFileSync(at(file), content),
    keyPair: (): KeyPair => ({ cert: readFileSync(at('own.pem')), key: readFileSync(at('own.key')) }),
    [Symbol.dispose]: () => directory.remove(),
  }
}
