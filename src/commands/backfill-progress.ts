/** How far a backfill is: a bar on a terminal, else a line now and then. */
import { elapsed } from '../clock.ts'
import type { BackfillProgress } from '../state/read.ts'

export interface ProgressDisplay {
  show(progress: BackfillProgress): void
  /** Writes something else, without spoiling the bar. */
  aside(text: string): void
  /** Leaves the last of it standing. */
  end(): void
}

const BAR_WIDTH = 30
const CLEAR_LINE = '\r\u001b[K'
const LINE_EVERY_MS = 10_000

/** `total`: all hours that were to be read. An hour is half done when it was read once. */
export function progressDisplay(
  total: number,
  { write, terminal }: { readonly write: (text: string) => void; readonly terminal: boolean },
): ProgressDisplay {
  let shown = ''
  let latest = ''
  let shownAt = Number.NEGATIVE_INFINITY
  const put = (text: string) => {
    if (text === shown) return
    write(terminal ? `${CLEAR_LINE}${text}` : `${text}\n`)
    shown = text
    shownAt = elapsed()
  }
  return {
    show({ waiting, read }) {
      const done = total - waiting
      latest = `${done} of ${total} hours done, ${read} more read once`
      if (terminal) put(`${bar((done + read / 2) / total)} ${latest}`)
      else if (elapsed() - shownAt >= LINE_EVERY_MS) put(latest)
    },
    aside(text) {
      write(terminal ? `${CLEAR_LINE}${text}${shown}` : text)
    },
    end() {
      if (terminal) write('\n')
      else put(latest)
    },
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] ${`${Math.floor(share * 100)}`.padStart(3)} %`
}
