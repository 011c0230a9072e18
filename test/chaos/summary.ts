import type { Round } from './round.ts'
import type { Verdict } from './verdict.ts'

const MOST_SHOWN = 10

const number = (value: number): string => value.toLocaleString('en-US')
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${number(count)} ${name}`)
    .join(', ')

export function roundText(round: Round): string {
  const lines = [`  ${listed(round.acts)}; ${round.seconds} s`, verdictText(round)]
  if (!round.holds)
    lines.push(
      `  does not hold: npm run test:chaos -- --seed ${round.seed} --rounds 1 --kills ${round.acts['kill the worker']}`,
    )
  return lines.join('\n')
}

export const verdictText = (verdict: Verdict): string =>
  [
    `  ${number(verdict.existed)} events existed, ${number(verdict.records)} records arrived (${percent(verdict.repeatedShare)} repeated); lost without a word: ${verdict.missing.length}, named as lost: ${number(verdict.named)}, waiting: ${number(verdict.waiting)}`,
    `  hours: ${listed(verdict.hours)}; ${number(verdict.repaired)} repaired, ${verdict.open} open, ${verdict.givenUp} given up too early; ${verdict.deadLetters} dead letters`,
    ...some('missing', verdict.missing),
    ...some('wrong', verdict.wrong),
  ].join('\n')

const some = (what: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        `  ${what}:`,
        ...items.slice(0, MOST_SHOWN).map(item => `    ${item}`),
        ...(items.length > MOST_SHOWN ? [`    and ${items.length - MOST_SHOWN} more`] : []),
      ]

export function summaryText(rounds: readonly Round[]): string {
  const sum = (value: (round: Round) => number) => rounds.reduce((total, round) => total + value(round), 0)
  const records = sum(round => round.records)
  const repeated = sum(round => round.records * round.repeatedShare)
  return [
    '',
    `${rounds.length} rounds, seeds ${rounds.map(({ seed }) => seed).join(' ')}, ${number(sum(({ seconds }) => seconds))} s`,
    `kills               ${number(sum(({ kills }) => kills))}`,
    `other acts          ${number(sum(({ acts }) => totalOf(acts)) - sum(({ acts }) => acts['kill the worker'] ?? 0))}`,
    `events              ${number(sum(({ existed }) => existed))}`,
    `records             ${number(records)}`,
    `repeated            ${percent(records === 0 ? 0 : repeated / records)}`,
    `lost without a word ${number(sum(({ missing }) => missing.length))}`,
    `named as lost       ${number(sum(({ named }) => named))}`,
    `uids that disagree  ${number(sum(({ wrong }) => wrong.length))}`,
    `hours repaired      ${number(sum(({ repaired }) => repaired))}`,
    `hours left open     ${number(sum(({ open }) => open))}`,
    `hours given up      ${number(sum(({ givenUp }) => givenUp))} too early`,
    `rounds that hold    ${rounds.filter(({ holds }) => holds).length} of ${rounds.length}`,
  ].join('\n')
}

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)
