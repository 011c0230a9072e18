import { RETENTION_MS } from './window.ts'

/** What TAP keeps: an hour can be read again `settledMs` after its end, and a whole answer is all there is. */
export const tapArchive = (settledMs: number) =>
  ({ settlesIn: () => settledMs, keepsMs: RETENTION_MS, proof: 'one read' }) as const
