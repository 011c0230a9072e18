/** What a stream, known by its name, is read again from. */
import { podArchive } from '../proofpoint/pod/archive.ts'
import { tapArchive } from '../proofpoint/tap/archive.ts'
import type { Settings } from '../settings/read.ts'

type SweepSettings = Pick<Settings, 'tapSweep' | 'tapLookBack'>

/** The names are `pod/<type>@<cluster>` and `tap@<principal>`. */
export const productOf = (stream: string): 'pod' | 'tap' => (stream.startsWith('pod/') ? 'pod' : 'tap')

/** How long after its end a TAP hour is read once more, ms. */
export const tapSettledMs = ({ tapSweep, tapLookBack }: SweepSettings): number =>
  tapSweep === 'off' ? tapLookBack : tapSweep

export const archiveOf = (stream: string, own: SweepSettings) =>
  productOf(stream) === 'pod' ? podArchive : tapArchive(tapSettledMs(own))
