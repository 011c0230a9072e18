import type { Page } from '../../src/pipeline.ts'

/** The page with bytes of its own: a source may write over those it gave once this page is committed. */
export const keptPage = (page: Page): Page => ({
  ...page,
  events: page.events.map(event => ({ ...event, bytes: Buffer.from(event.bytes) })),
})
