/** Node's, OpenSSL's and undici's codes for a TLS handshake that failed: a matter of certificates, not of waiting. */
const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|EPROTO$|UND_ERR_PRX_TLS)/

export const isTlsCode = (code: string): boolean => TLS_CODE.test(code)

/** Whether the other side answered a TLS handshake with what is no TLS. Node has a code for it, or EPROTO and these words. */
export const lacksTls = ({
  code,
  message,
}: {
  readonly code?: unknown
  readonly message?: unknown
}): boolean =>
  code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version number/.test(`${message}`))
