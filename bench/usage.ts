/** What the operating system (Linux) says of a process, and a clock that all processes of a machine share. */
import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of the monotonic clock: comparable between processes, unrelated to the time of day. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** User and system time of all threads that live, ms. To the nanosecond, where `/proc/<pid>/stat` counts in 10 ms. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => sum + threadCpuMs(pid, thread), 0)
}

/** The greatest resident set so far, MB of 10^6 bytes. */
export function peakRssMb(pid: number): number {
  const [, kibibytes = Number.NaN] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kibibytes) * 1024) / 1e6
}

function threadCpuMs(pid: number, thread: string): number {
  try {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10) / 1e6
  } catch {
    // It ended since the folder was read.
    return 0
  }
}
