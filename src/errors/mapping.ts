/** Errors of the mapping. */
import type { ErrorEntry } from './entry.ts'

export const mappingErrors = {
  'mapping-drift': {
    means:
      'Proofpoint sends a field that the mapping does not know, or a known one in another type or notation.',
    waitingHelps: true,
    worker:
      'delivers the record all the same, with the field in its body; tells each path once after a start, a hundred of each kind at most',
    operator:
      'Nothing is lost, unless PROOFPOINT_BODY is message or none. Report the path; PROOFPOINT_UNMAPPED_LIST=true names such fields on each record.',
  },
} as const satisfies Record<string, ErrorEntry>
