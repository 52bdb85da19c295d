import { context, metrics, propagation, trace } from '@opentelemetry/api';

/**
 * Sends metrics and traces by OTLP over HTTP, to where the standard variable OTEL_EXPORTER_OTLP_ENDPOINT says (an agent on
 * the instance, or a collector). Without this call the OpenTelemetry API does nothing and costs next to nothing.
 *
 * The SDK is loaded here and not before: most workers do not need it to start.
 *
 * @returns a function that sends what is left and ends; call it last
 */
export async function startExporters(): Promise<() => Promise<void>> {
  const [{ MeterProvider, PeriodicExportingMetricReader }, { OTLPMetricExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ]);
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const { defaultResource, resourceFromAttributes } = await import('@opentelemetry/resources');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');

  const name = process.env.OTEL_SERVICE_NAME ?? 'upload-worker';
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': name }));
  const meters = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  });
  const tracers = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  metrics.setGlobalMeterProvider(meters);
  trace.setGlobalTracerProvider(tracers);
  return async () => {
    await Promise.allSettled([meters.shutdown(), tracers.shutdown()]);
  };
}
