import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import { real } from '../clock.ts'
import type { Exporter, Outcome } from '../pipeline.ts'
import { outcomeOfFailure } from './failure.ts'
import { outcomeOf } from './outcome.ts'
import { reasonText } from './reason.ts'

/**
 * Runs any exporter of the SDK behind our interface. What it hides stays hidden: most report a partial success as success,
 * and do not pass Retry-After on. It cannot be cancelled: after `abort` its request may still arrive.
 */
export function sdkExporter(exporter: LogRecordExporter): Exporter {
  return {
    async export(batch, abort) {
      abort.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
      const giveUp = () => reject(abort.reason)
      abort.addEventListener('abort', giveUp, { once: true })
      try {
        exporter.export(Array.from(batch), result => resolve(outcomeOfResult(result)))
        return await promise
      } catch (error) {
        abort.throwIfAborted()
        return { status: 'refused', reason: reasonText(`the exporter cannot take it: ${error}`) }
      } finally {
        abort.removeEventListener('abort', giveUp)
      }
    },
    close: () => exporter.shutdown(),
  }
}

function outcomeOfResult({ code, error }: ExportResult): Outcome {
  if (code === ExportResultCode.SUCCESS) return { status: 'accepted' }
  const status = httpStatus(error)
  if (status === undefined) return outcomeOfFailure(error ?? new Error('the exporter gave no reason'))
  return outcomeOf({ status, headers: {}, body: Buffer.from(bodyOf(error)) }, real.now())
}

/** The OTLP exporters put the HTTP status into `code` of their error; those of gRPC, from 0 to 16, are no HTTP statuses. */
function httpStatus(error: Error | undefined): number | undefined {
  const code = error && 'code' in error ? error.code : undefined
  return typeof code === 'number' && code >= 300 && code < 600 ? code : undefined
}

const bodyOf = (error: Error | undefined): string =>
  error && 'data' in error && typeof error.data === 'string' ? error.data : ''
