import { boolean, int, string, strings } from './attribute.ts'

/** What the filter did with a mail. */
export const filter = {
  'proofpoint.pod.disposition': string(
    'What became of the mail: accept, continue, discard, reject, retry and others.',
    'continue',
  ),
  'proofpoint.pod.action.modules': strings('The modules that acted, in order of running.', ['av', 'spam']),
  'proofpoint.pod.action.rules': strings('The rule of each action.', ['clean', 'notspam']),
  'proofpoint.pod.action.types': strings('What each action did.', ['continue', 'add-header']),
  'security_rule.name': string('The rule that decided.', 'phish'),
  'security_rule.ruleset.name': string('The module that decided.', 'spam'),
  'proofpoint.pod.final_action': string('The action that decided.', 'quarantine'),
  'proofpoint.pod.current_folder': string('The quarantine folder that the mail is in now.', 'Phish'),
  'proofpoint.pod.start_time': string('When filtering began.', '2024-05-22T19:10:02.058340Z'),
  'proofpoint.pod.duration_ns': int('How long filtering took, nanoseconds.', 118_720_000),
  'proofpoint.pod.message.encrypted': boolean('Whether the mail is encrypted.', false),
  'proofpoint.pod.message.in_digest': boolean('Whether the mail is listed in an end-user digest.', false),
  'proofpoint.pod.message.reinjected': boolean('Whether the mail was injected again.', false),
  'proofpoint.pod.message.filtered_size': int('Bytes of the mail as it was filtered.', 48977),
  'proofpoint.pod.message.language': string('The detected language.', 'en'),
  'proofpoint.pod.suborg.sender': string('The sub-organisation of the sender; 0 is none.', '0'),
  'proofpoint.pod.suborg.recipients': strings('The sub-organisations of the recipients; 0 is none.', ['0']),
  'proofpoint.pod.throttle_ip': string('The address whose rate is limited.', '192.0.2.1'),
  'proofpoint.pod.recipient.verified': strings('Recipients that passed verification.', ['ann@example.org']),
  'proofpoint.pod.recipient.verified_hashed': strings('The same with hashed local parts.', [
    '92eb5ffe@example.org',
  ]),
  'proofpoint.pod.recipient.delivered': strings('Recipients left after filtering; no proof of delivery.', [
    'ann@example.org',
  ]),
  'proofpoint.pod.recipient.aliased': strings('Recipients that an alias stood for.', ['ann.lee@example.org']),
  'proofpoint.pod.recipient.pe': strings('Recipients who get the mail by Proofpoint Encryption.', [
    'ann@example.org',
  ]),
  'proofpoint.pod.recipient.smime': strings('Recipients who get the mail by S/MIME.', ['ann@example.org']),
  'proofpoint.pod.recipient.smime_signed': strings('Recipients who get the mail signed by S/MIME.', [
    'ann@example.org',
  ]),
}

/** What the modules found. */
export const modules = {
  'proofpoint.pod.av.virus_names': strings('The viruses that were found.', ['Eicar-Test-Signature']),
  'proofpoint.pod.spf.result': string('The result of SPF.', 'pass'),
  'proofpoint.pod.spf.domain': string('The domain that SPF looked at.', 'example.com'),
  'proofpoint.pod.dkim.results': strings('The result of each DKIM signature.', ['pass']),
  'proofpoint.pod.dkim.domains': strings('The domain of each DKIM signature.', ['example.com']),
  'proofpoint.pod.dkim.selectors': strings('The selector of each DKIM signature.', ['s1']),
  'proofpoint.pod.dmarc.result': string('The overall result of DMARC.', 'pass'),
  'proofpoint.pod.dmarc.srvid': string('The service that authenticated the mail.', 'mx.example.org'),
  'proofpoint.pod.dmarc.from_domains': strings('The From domains that DMARC aligned, each once.', [
    'example.com',
  ]),
  'proofpoint.pod.dmarc.alignment.methods': strings('The method of each alignment.', ['spf']),
  'proofpoint.pod.dmarc.alignment.results': strings('How each alignment came out: strict, relaxed, none.', [
    'relaxed',
  ]),
  'proofpoint.pod.dmarc.alignment.identities': strings('The domain of each alignment.', ['mail.example.com']),
  'proofpoint.pod.dmarc.alignment.identity_orgs': strings('The organisational domain of each alignment.', [
    'example.com',
  ]),
  'proofpoint.pod.dmarc.auth.methods': strings('The method of each authentication result.', ['dkim']),
  'proofpoint.pod.dmarc.auth.results': strings('The outcome of each authentication result.', ['pass']),
  'proofpoint.pod.dmarc.auth.reasons': strings('The reason of each authentication result.', ['signature ok']),
  'proofpoint.pod.pdr.v1.rscore': int('Dynamic Reputation 1: reputation score.', 0),
  'proofpoint.pod.pdr.v1.spamscore': int('Dynamic Reputation 1: spam score.', 0),
  'proofpoint.pod.pdr.v1.virusscore': int('Dynamic Reputation 1: virus score.', 0),
  'proofpoint.pod.pdr.v2.response': string('Dynamic Reputation 2: answer.', 'pass'),
  'proofpoint.pod.pdr.v2.rscore': int('Dynamic Reputation 2: reputation score.', 0),
  'proofpoint.pod.sandbox.error_status': string('The error of Attachment Defense.', 'timeout'),
  'proofpoint.pod.spam.triggered_classifier': string('The classifier that decided.', 'phish'),
  'proofpoint.pod.spam.engine_version': string('The version of the spam engine.', '8.19.0-2204280000'),
  'proofpoint.pod.spam.definitions_version': string(
    'The version of the spam definitions.',
    'main-2208250092',
  ),
  'proofpoint.pod.spam.langs': strings('Languages that the spam engine saw.', ['en']),
  'proofpoint.pod.spam.charsets': strings('Character sets that the spam engine saw.', ['utf-8']),
  'proofpoint.pod.spam.list_match.types': strings('The kind of each safe or blocked list that matched.', [
    'safe',
  ]),
  'proofpoint.pod.spam.list_match.rules': strings('The rule of each safe or blocked list that matched.', [
    'usersafe',
  ]),
  'proofpoint.pod.regulation.rules': strings('Compliance rules that matched.', ['credit-card']),
  'proofpoint.pod.urldefense.count.total': int('URLs in the mail.', 4),
  'proofpoint.pod.urldefense.count.unique': int('Different URLs in the mail.', 3),
  'proofpoint.pod.urldefense.count.rewritten': int('URLs that were rewritten.', 4),
  'proofpoint.pod.urldefense.count.max_limit': int('How many different URLs are rewritten at most.', 100),
  'proofpoint.pod.urldefense.count.no_rewrite.content_type_text': int('URLs left alone: plain text part.', 0),
  'proofpoint.pod.urldefense.count.no_rewrite.email': int('URLs left alone: mail address.', 1),
  'proofpoint.pod.urldefense.count.no_rewrite.excluded_domain': int('URLs left alone: excluded domain.', 0),
  'proofpoint.pod.urldefense.count.no_rewrite.large_part': int('URLs left alone: part too large.', 0),
  'proofpoint.pod.urldefense.count.no_rewrite.max_length': int('URLs left alone: URL too long.', 0),
  'proofpoint.pod.urldefense.count.no_rewrite.schemeless': int('URLs left alone: no scheme.', 0),
  'proofpoint.pod.urldefense.count.no_rewrite.unsupported_scheme': int('URLs left alone: other scheme.', 0),
  'proofpoint.pod.urldefense.rewritten_urls': strings(
    'URLs that were rewritten.',
    ['https://example.com/pay'],
    50,
  ),
  'proofpoint.pod.urldefense.engine_version': string('The version of URL Defense.', '15'),
  'proofpoint.pod.zerohour.score': string('The score of the zero-hour module.', '0'),
}
