/** Errors of secrets, state and ports: what the worker needs around itself. */
import { type ErrorEntry, retriesSlowly, sourcesWait } from './entry.ts'

export const surroundingsErrors = {
  'secret-unreadable': {
    means: 'A secret file could not be read, is empty, or holds what no secret can.',
    waitingHelps: false,
    worker: retriesSlowly,
    operator:
      'Check path, mode and contents of the file in PROOFPOINT_POD_TOKEN_FILE, PROOFPOINT_POD_ARCHIVE_TOKEN_FILE or PROOFPOINT_TAP_SECRET_FILE.',
  },
  'wasm-unavailable': {
    means: 'This Node cannot make WebAssembly, with which events are read.',
    waitingHelps: false,
    worker: 'exits with code 2',
    operator:
      'Take --jitless away; lift a limit on virtual memory (ulimit -v, LimitAS); give a virtual machine the processor of its host (SSE 4.1).',
  },
  'state-locked': {
    means:
      'Another process uses the same state directory: a worker, or a proofpoint-otel backfill, dead-letters replay or drop.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator:
      'Let a backfill, replay or drop end, or interrupt it. Stop another worker, or give this one its own PROOFPOINT_STATE_DIR.',
  },
  'state-unwritable': {
    means: 'The state directory cannot be written.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator: 'Make PROOFPOINT_STATE_DIR a directory that the worker owns, with free space.',
  },
  'state-newer': {
    means: 'The state file was written by a newer version.',
    waitingHelps: false,
    worker: 'exits with code 3 and changes nothing',
    operator: 'Run the newer version, or give this one another PROOFPOINT_STATE_DIR.',
  },
  'state-older': {
    means: 'The state file was written by an older version, and no worker of this version has run on it yet.',
    waitingHelps: false,
    worker: 'exits with code 3 and changes nothing',
    operator: 'Start the worker: it brings the state up to date. Then ask again.',
  },
  'state-missing': {
    means: 'There is no state in the directory.',
    waitingHelps: false,
    worker: 'exits with code 3',
    operator: 'Check PROOFPOINT_STATE_DIR; a worker makes the state at its first start.',
  },
  'state-unreadable': {
    means: 'The state file is damaged.',
    waitingHelps: false,
    worker: 'commits nothing more; the next start sets the file aside and begins a new one',
    operator: `Restart the worker: it sets the file aside, and the last hours become suspect. Until then the sources wait. ${sourcesWait}`,
  },
  'state-set-aside': {
    means: 'The state file is damaged, and lies under a new name now.',
    waitingHelps: false,
    worker:
      'begins a new one; the last hours are suspect, and are read again from the archive; of older ones nothing is known any more',
    operator:
      'Keep the file that was set aside. Have older hours read with proofpoint-otel backfill; what dead letters it held are in it only.',
  },
  'state-disk-failure': {
    means:
      'The disk refuses the state file: it is full, read-only or failing, or another program holds it locked.',
    waitingHelps: true,
    worker: 'holds what it has delivered and tries again, at most 30 s apart; reads nothing more meanwhile',
    operator: `Free space on the disk of PROOFPOINT_STATE_DIR, or make it writable again; end what else has the file open (a sqlite3 shell, a backup). ${sourcesWait}`,
  },
  'clock-stepped': {
    means:
      'The clock of this machine was set back. What was received has its own times; only how long a connection was away is measured by that clock.',
    waitingHelps: true,
    worker:
      'connects again; hours become suspect from an hour before the newest event on, as long as the clock stands behind the events',
    operator: 'Keep the clock of this machine set by NTP, which slews it rather than setting it.',
  },
  'port-busy': {
    means: 'The port is in use.',
    waitingHelps: false,
    worker: 'exits with code 2',
    operator: 'Choose another port with --port.',
  },
} as const satisfies Record<string, ErrorEntry>
