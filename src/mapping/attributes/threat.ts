import { int, string, strings } from './attribute.ts'

/** What Proofpoint holds of a mail, 0 to 100 where nothing else is said. */
export const scores = {
  'proofpoint.score.overall': int('The score that counts.', 100),
  'proofpoint.score.engine': int('The score of the engine alone.', 100),
  'proofpoint.score.spam': int('How much the mail looks like spam.', 4),
  'proofpoint.score.phish': int('How much the mail looks like phishing.', 46),
  'proofpoint.score.malware': int('How much the mail looks like malware.', 100),
  'proofpoint.score.impostor': int('How much the mail looks like an impostor.', 0),
  'proofpoint.score.suspect': int('How suspect the mail looks.', 0),
  'proofpoint.score.bulk': int('How much the mail looks like bulk mail.', 0),
  'proofpoint.score.adult': int('How much the mail looks like adult content.', 0),
  'proofpoint.score.lowpriority': int('How much the mail looks like low-priority mail.', 0),
  'proofpoint.score.mlx': int('The score of the MLX classifier.', 0),
  'proofpoint.score.mlxlog': int('The log-odds of the MLX classifier: may be negative or above 100.', -1000),
}

/** The threats of a mail or click: the same index is the same threat. */
export const threats = {
  'proofpoint.threat.count': int('How many threats the mail has.', 1),
  'proofpoint.threat.top_classification': string(
    'The most severe class: malware, phish, impostor, toad, spam and others.',
    'malware',
  ),
  'proofpoint.threat.classifications': strings('The class of each threat.', ['malware']),
  'proofpoint.threat.ids': strings('The id of each threat.', ['2fab740f143fc1aa4c1cd0146d334c55']),
  'proofpoint.threat.statuses': strings(
    'The state of each threat: active, cleared, falsepositive, expired.',
    ['active'],
  ),
  'proofpoint.threat.types': strings('What each threat is: url, attachment, message, messagetext.', [
    'attachment',
  ]),
  'proofpoint.threat.artifacts': strings('Each threat itself: a URL, a SHA-256 or an address.', [
    'https://evil.example/login',
  ]),
  'proofpoint.threat.times': strings('When each threat was condemned.', ['2024-06-24T21:20:01.000Z']),
  'proofpoint.threat.urls': strings('Each threat in the TAP dashboard.', [
    'https://threatinsight.proofpoint.com/#/x',
  ]),
  'proofpoint.threat.campaign_ids': strings('The campaign of each threat.', [
    '46e01b8a-c899-404d-bcd9-189bb393d1a7',
  ]),
  'proofpoint.threat.detection_types': strings('How each threat was detected.', ['compromised_website']),
  'proofpoint.threat.actor.names': strings('The actors behind the threats, each once.', ['TA505']),
  'proofpoint.threat.actor.ids': strings('The ids of these actors.', [
    '000090ac-71c4-4060-9154-c590664b6739',
  ]),
  'proofpoint.threat.actor.types': strings('The kinds of these actors.', ['actor']),
}

/** The TAP event. */
export const tap = {
  'proofpoint.tap.disposition': string(
    'What TAP did: delivered or blocked; for a click permitted or blocked.',
    'blocked',
  ),
  'proofpoint.tap.event.id': string(
    'The id of the TAP event; some events have none.',
    '8c8b4895-a277-449f-a797-547e3c89b25a',
  ),
  'proofpoint.tap.message_time': string(
    'When the mail was delivered or blocked.',
    '2024-06-24T21:18:38.000Z',
  ),
  'proofpoint.tap.click_time': string('When the link was clicked.', '2024-06-24T21:30:00.000Z'),
  'proofpoint.tap.event_time': string(
    'The time that a collecting service noted.',
    '2024-06-24T21:31:00.000Z',
  ),
  'proofpoint.tap.modules_run': strings('The modules that looked at the mail.', ['spf', 'urldefense']),
  'proofpoint.tap.completely_rewritten': string(
    'Whether all URLs were rewritten: true, false or na.',
    'true',
  ),
  'proofpoint.sender.ip': string('The address that the mail came from.', '192.0.2.1'),
  'url.full': string(
    'The URL that was clicked, without credentials and signatures.',
    'https://evil.example/login',
  ),
  'url.domain': string('The host of that URL.', 'evil.example'),
  'url.original': string(
    'The URL as it was sent, where it differs from url.full.',
    'https://jo:secret@evil.example/login',
  ),
  'user_agent.original': string('The browser of the click.', 'Mozilla/5.0'),
}
