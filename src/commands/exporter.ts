import { consoleExporter } from '../otlp/console.ts'
import { otlpExporter } from '../otlp/exporter.ts'
import type { Exporter } from '../pipeline.ts'
import { version } from '../version.ts'
import type { WorkerSettings } from '../worker/settings.ts'
import type { Outside } from './outside.ts'

/** The exporter that the settings name: the collector's, or standard output. */
export function exporterFor(
  { otel, proxies }: Pick<WorkerSettings, 'otel' | 'proxies'>,
  { pour, terminal }: Pick<Outside, 'pour' | 'terminal'>,
): Exporter {
  if (otel.exporter === 'console') return consoleExporter(pour, { colour: terminal.out })
  return otlpExporter({ ...otel.otlp, proxies, version })
}
