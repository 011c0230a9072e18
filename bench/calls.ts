/** Calls between the driver of the bench and its processes, over Node's IPC. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a process answers, by name; arguments and results are what structured cloning can carry. */
type Calls<C> = { readonly [N in keyof C]: (argument: never) => unknown }

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: unknown
}
interface Answer {
  readonly id: number
  readonly result: unknown
}

export interface Peer<C extends Calls<C>> {
  readonly pid: number
  call<N extends keyof C & string>(name: N, ...argument: Parameters<C[N]>): Promise<Awaited<ReturnType<C[N]>>>
  readonly process: ChildProcess
  [Symbol.asyncDispose](): Promise<void>
}

/** In a process: answers the calls of the driver, one after the other, and ends with it. */
export function answer<C extends Calls<C>>(calls: C): void {
  process.on('message', async ({ id, name, argument }: Question) => {
    const call = calls[name as keyof C]
    process.send?.({ id, result: await call(argument as never) } satisfies Answer)
  })
  process.on('disconnect', () => process.exit())
}

/** Starts a file of `bench/` as a process of its own. Calls reject when it is gone. */
export function start<C extends Calls<C>>(file: string, env: Readonly<Record<string, string>> = {}): Peer<C> {
  const child = fork(new URL(file, import.meta.url), { env, serialization: 'advanced', stdio: 'inherit' })
  const asked = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', ({ id, result }: Answer) => {
    asked.get(id)?.resolve(result)
    asked.delete(id)
  })
  const ended = once(child, 'exit')
  child.on('exit', () => {
    for (const { reject } of asked.values()) reject(new Error(`${file} has ended`))
  })
  return {
    pid: child.pid ?? 0,
    process: child,
    call(name, ...[argument]) {
      const id = ++last
      const question = Promise.withResolvers<unknown>()
      asked.set(id, question)
      child.send({ id, name, argument } satisfies Question)
      return question.promise as Promise<never>
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
