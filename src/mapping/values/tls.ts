/** TLS versions and cipher suites in OpenTelemetry's words. */

const VERSION = /^(TLS|SSL)v(\d(?:\.\d)?)$/i

/**
 * A protocol version as OpenSSL names it. `version` is the numeric part as it stands in the name (`TLSv1.2` gives 1.2,
 * `TLSv1` gives 1), as the text of `tls.protocol.version` asks. `NONE` means that there was no TLS. Undefined when blank.
 */
export function tlsVersion(
  text: string,
): { version?: string; name?: 'tls' | 'ssl'; established: boolean } | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const [, protocol, version] = VERSION.exec(trimmed) ?? []
  if (protocol === undefined || version === undefined)
    return { established: trimmed.toUpperCase() !== 'NONE' }
  return { version, name: protocol.toUpperCase() === 'TLS' ? 'tls' : 'ssl', established: true }
}

/** OpenSSL's cipher and MAC part of a name, and IANA's. */
const iana: Readonly<Record<string, string>> = {
  'AES128-GCM-SHA256': 'AES_128_GCM_SHA256',
  'AES256-GCM-SHA384': 'AES_256_GCM_SHA384',
  'CHACHA20-POLY1305': 'CHACHA20_POLY1305_SHA256',
  'AES128-CCM': 'AES_128_CCM',
  'AES256-CCM': 'AES_256_CCM',
  'AES128-CCM8': 'AES_128_CCM_8',
  'AES256-CCM8': 'AES_256_CCM_8',
  'ARIA128-GCM-SHA256': 'ARIA_128_GCM_SHA256',
  'ARIA256-GCM-SHA384': 'ARIA_256_GCM_SHA384',
  'AES128-SHA': 'AES_128_CBC_SHA',
  'AES256-SHA': 'AES_256_CBC_SHA',
  'AES128-SHA256': 'AES_128_CBC_SHA256',
  'AES256-SHA256': 'AES_256_CBC_SHA256',
  'AES256-SHA384': 'AES_256_CBC_SHA384',
  'CAMELLIA128-SHA': 'CAMELLIA_128_CBC_SHA',
  'CAMELLIA256-SHA': 'CAMELLIA_256_CBC_SHA',
  'CAMELLIA128-SHA256': 'CAMELLIA_128_CBC_SHA256',
  'CAMELLIA256-SHA256': 'CAMELLIA_256_CBC_SHA256',
  'CAMELLIA256-SHA384': 'CAMELLIA_256_CBC_SHA384',
  'SEED-SHA': 'SEED_CBC_SHA',
  'IDEA-CBC-SHA': 'IDEA_CBC_SHA',
  'DES-CBC3-SHA': '3DES_EDE_CBC_SHA',
  'DES-CBC-SHA': 'DES_CBC_SHA',
  'RC4-SHA': 'RC4_128_SHA',
  'RC4-MD5': 'RC4_128_MD5',
  'NULL-SHA': 'NULL_SHA',
  'NULL-SHA256': 'NULL_SHA256',
  'NULL-MD5': 'NULL_MD5',
}

const gcm = 'AES128-GCM-SHA256 AES256-GCM-SHA384'
const ccm = 'AES128-CCM AES256-CCM AES128-CCM8 AES256-CCM8'
const aria = 'ARIA128-GCM-SHA256 ARIA256-GCM-SHA384'
const cbc = 'AES128-SHA AES256-SHA AES128-SHA256'
const camellia = 'CAMELLIA128-SHA CAMELLIA256-SHA CAMELLIA128-SHA256 CAMELLIA256-SHA256'
const dhe = `${gcm} ${aria} ${cbc} AES256-SHA256 ${camellia} SEED-SHA DES-CBC3-SHA DES-CBC-SHA`
const ecdh = `${gcm} ${cbc} AES256-SHA384 CAMELLIA128-SHA256 CAMELLIA256-SHA384 DES-CBC3-SHA RC4-SHA NULL-SHA`

/** OpenSSL's prefix for a key exchange, IANA's, and the ciphers it is used with. TLS 1.3 suites have one name. */
const exchanges: readonly (readonly [openssl: string, iana: string, ciphers: string])[] = [
  ['ECDHE-RSA-', 'ECDHE_RSA', `${ecdh} CHACHA20-POLY1305`],
  ['ECDHE-ECDSA-', 'ECDHE_ECDSA', `${ecdh} ${ccm} ${aria} CHACHA20-POLY1305`],
  ['ECDHE-', 'ECDHE_RSA', aria],
  ['ECDH-RSA-', 'ECDH_RSA', ecdh],
  ['ECDH-ECDSA-', 'ECDH_ECDSA', ecdh],
  ['DHE-RSA-', 'DHE_RSA', `${dhe} ${ccm} CHACHA20-POLY1305`],
  ['DHE-DSS-', 'DHE_DSS', dhe],
  ['EDH-RSA-', 'DHE_RSA', 'DES-CBC3-SHA DES-CBC-SHA'],
  ['EDH-DSS-', 'DHE_DSS', 'DES-CBC3-SHA DES-CBC-SHA'],
  ['DH-RSA-', 'DH_RSA', dhe],
  ['DH-DSS-', 'DH_DSS', dhe],
  ['ADH-', 'DH_anon', `${gcm} ${cbc} AES256-SHA256 ${camellia} SEED-SHA DES-CBC3-SHA DES-CBC-SHA RC4-MD5`],
  ['AECDH-', 'ECDH_anon', 'AES128-SHA AES256-SHA DES-CBC3-SHA RC4-SHA NULL-SHA'],
  ['', 'RSA', `${dhe} ${ccm} IDEA-CBC-SHA RC4-SHA RC4-MD5 NULL-SHA NULL-SHA256 NULL-MD5`],
]

const tls13 =
  'AES_128_GCM_SHA256 AES_256_GCM_SHA384 CHACHA20_POLY1305_SHA256 AES_128_CCM_SHA256 AES_128_CCM_8_SHA256'

const ianaByOpenssl = new Map(
  exchanges.flatMap(([prefix, exchange, ciphers]) =>
    ciphers.split(' ').map(cipher => [prefix + cipher, `TLS_${exchange}_WITH_${iana[cipher]}`] as const),
  ),
)
const known = new Set([...tls13.split(' ').map(cipher => `TLS_${cipher}`), ...ianaByOpenssl.values()])

/**
 * The IANA description of a cipher suite that OpenSSL named, for suites with RSA, DSS, ECDSA or no authentication; an
 * IANA name stays. Undefined for others (PSK, SRP, GOST, export) and for names that were cut: a guess would be a lie.
 */
export function ianaCipher(openssl: string): string | undefined {
  const name = openssl.trim()
  return ianaByOpenssl.get(name) ?? (known.has(name) ? name : undefined)
}

/** What a maillog keeps of a cipher's name: public samples have `ECDHE-RSA-AES256-GCM` for `ECDHE-RSA-AES256-GCM-SHA384`. */
const LOGGED_LENGTH = 20

const names = [...ianaByOpenssl.keys()]
const perhapsCut = new Set(
  names.filter(
    name => name.length === LOGGED_LENGTH && names.some(other => other !== name && other.startsWith(name)),
  ),
)

/** As `ianaCipher`, for a name in a maillog: undefined also for one that may be all that was kept of a longer one. */
export function loggedIanaCipher(openssl: string): string | undefined {
  return perhapsCut.has(openssl.trim()) ? undefined : ianaCipher(openssl)
}
