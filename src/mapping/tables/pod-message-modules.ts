/** PoD message: what each filter module found. */
import { aligned } from '../rules/groups.ts'
import { each, eachOnce } from '../rules/lists.ts'
import { asText, int, lower, text } from '../rules/values.ts'
import { body, row, under } from '../table.ts'

const dmarcRows = under('filter.modules.dmarc', [
  row('filterdResult', 'proofpoint.pod.dmarc.result', 'C', lower),
  row('srvid', 'proofpoint.pod.dmarc.srvid', 'E', text),
  row('alignment[].fromDomain', 'proofpoint.pod.dmarc.from_domains', 'E', eachOnce(lower)),
  row('alignment[].results[].method', 'proofpoint.pod.dmarc.alignment.methods', 'E', aligned(lower)),
  row('alignment[].results[].result', 'proofpoint.pod.dmarc.alignment.results', 'E', aligned(lower)),
  row('alignment[].results[].identity', 'proofpoint.pod.dmarc.alignment.identities', 'E', aligned(text)),
  row(
    'alignment[].results[].identityOrg',
    'proofpoint.pod.dmarc.alignment.identity_orgs',
    'E',
    aligned(text),
  ),
  row('authResults[].method', 'proofpoint.pod.dmarc.auth.methods', 'E', aligned(lower)),
  row('authResults[].result', 'proofpoint.pod.dmarc.auth.results', 'E', aligned(lower)),
  row('authResults[].reason', 'proofpoint.pod.dmarc.auth.reasons', 'E', aligned(text)),
  body('authResults[].emailIdentities.{"header.from","smtp.helo","smtp.mailfrom","smtp.mailfromHashed"}'),
  body('authResults[].propspec.{"header.d","header.s"}'),
  body('records[].{query,record,error}'),
])

const spamRows = under('filter.modules.spam', [
  row('scores.overall', 'proofpoint.score.overall', 'C', int),
  row('scores.engine', 'proofpoint.score.engine', 'E', int),
  row('scores.classifiers.spam', 'proofpoint.score.spam', 'C', int),
  row('scores.classifiers.phish', 'proofpoint.score.phish', 'C', int),
  row('scores.classifiers.malware', 'proofpoint.score.malware', 'C', int),
  row('scores.classifiers.impostor', 'proofpoint.score.impostor', 'C', int),
  row('scores.classifiers.suspect', 'proofpoint.score.suspect', 'C', int),
  row('scores.classifiers.bulk', 'proofpoint.score.bulk', 'C', int),
  row('scores.classifiers.adult', 'proofpoint.score.adult', 'E', int),
  row(
    'scores.classifiers.lowpriority or scores.classifiers.lowPriority',
    'proofpoint.score.lowpriority',
    'E',
    int,
  ),
  row('scores.classifiers.mlx', 'proofpoint.score.mlx', 'E', int),
  row('scores.classifiers.mlxlog', 'proofpoint.score.mlxlog', 'E', int),
  row('triggeredClassifier', 'proofpoint.pod.spam.triggered_classifier', 'C', lower),
  row('version.engine', 'proofpoint.pod.spam.engine_version', 'E', text),
  row('version.definitions', 'proofpoint.pod.spam.definitions_version', 'E', text),
  row('langs[]', 'proofpoint.pod.spam.langs', 'E', each(lower)),
  row('charsets[]', 'proofpoint.pod.spam.charsets', 'E', each(lower)),
  row('safeBlockedListMatches[].listType', 'proofpoint.pod.spam.list_match.types', 'E', aligned(lower)),
  row('safeBlockedListMatches[].rule', 'proofpoint.pod.spam.list_match.rules', 'E', aligned(text)),
])

const noRewrite = 'proofpoint.pod.urldefense.count.no_rewrite'

const urlDefenseRows = under('filter.modules.urldefense', [
  row('counts.total', 'proofpoint.pod.urldefense.count.total', 'C', int),
  row('counts.unique', 'proofpoint.pod.urldefense.count.unique', 'E', int),
  row('counts.rewritten', 'proofpoint.pod.urldefense.count.rewritten', 'C', int),
  row('counts.maxLimit', 'proofpoint.pod.urldefense.count.max_limit', 'E', int),
  row('counts.noRewriteIsContentTypeText', `${noRewrite}.content_type_text`, 'E', int),
  row('counts.noRewriteIsEmail', `${noRewrite}.email`, 'E', int),
  row('counts.noRewriteIsExcludedDomain', `${noRewrite}.excluded_domain`, 'E', int),
  row('counts.noRewriteIsLargeMsgPartSize', `${noRewrite}.large_part`, 'E', int),
  row('counts.noRewriteIsMaxLengthExceeded', `${noRewrite}.max_length`, 'E', int),
  row('counts.noRewriteIsSchemeless', `${noRewrite}.schemeless`, 'E', int),
  row('counts.noRewriteIsUnsupportedScheme', `${noRewrite}.unsupported_scheme`, 'E', int),
  row('rewrittenUrls[]', 'proofpoint.pod.urldefense.rewritten_urls', 'E', each(text)),
  row('version.engine', 'proofpoint.pod.urldefense.engine_version', 'E', asText),
])

export const moduleRows = [
  row('filter.modules.av.virusNames[]', 'proofpoint.pod.av.virus_names', 'C', each(text)),
  row('filter.modules.spf.result', 'proofpoint.pod.spf.result', 'C', lower),
  row('filter.modules.spf.domain', 'proofpoint.pod.spf.domain', 'C', lower),
  row('filter.modules.dkimv[].result', 'proofpoint.pod.dkim.results', 'C', aligned(lower)),
  row('filter.modules.dkimv[].domain', 'proofpoint.pod.dkim.domains', 'C', aligned(lower)),
  row('filter.modules.dkimv[].selector', 'proofpoint.pod.dkim.selectors', 'E', aligned(text)),
  ...dmarcRows,
  row('filter.modules.pdr.v1.rscore', 'proofpoint.pod.pdr.v1.rscore', 'E', int),
  row('filter.modules.pdr.v1.spamscore', 'proofpoint.pod.pdr.v1.spamscore', 'E', int),
  row('filter.modules.pdr.v1.virusscore', 'proofpoint.pod.pdr.v1.virusscore', 'E', int),
  row('filter.modules.pdr.v2.response', 'proofpoint.pod.pdr.v2.response', 'E', lower),
  row('filter.modules.pdr.v2.rscore', 'proofpoint.pod.pdr.v2.rscore', 'E', int),
  row('filter.modules.sandbox.errorStatus', 'proofpoint.pod.sandbox.error_status', 'E', text),
  ...spamRows,
  ...under('filter.modules.regulation', [
    row('rules[] or rules[].rule', 'proofpoint.pod.regulation.rules', 'E', each(text)),
  ]),
  ...urlDefenseRows,
  row('filter.modules.zerohour.score', 'proofpoint.pod.zerohour.score', 'E', asText),
]
