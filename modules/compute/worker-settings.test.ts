import { Token } from 'cdktf';

import { longestWorkerSettings } from '../testing/worker-settings';
import { type WorkerSettings, workerSettingsProblems, workerVariables } from './worker-settings';

describe("the worker's settings", () => {
  it.each<[string, WorkerSettings | undefined]>([
    ['none', undefined],
    ['the longest ones', longestWorkerSettings],
    ['a namespace of several parts', { METRICS_NAMESPACE: 'Films/Workers_1.0#a:b-c' }],
    ['a collector on the instance', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }],
    ['a path of a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.films.example/otlp-1/' }],
    ['what only Terraform knows', { OTEL_EXPORTER_OTLP_ENDPOINT: Token.asString({ dns: 1 }) }],
    ['what is left out', { LOG_LEVEL: undefined }],
  ])('may be %s', (_, settings) => {
    expect(workerSettingsProblems(settings)).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['a drain of more than 12 hours', 'DRAIN_SECONDS', 43_201],
    ['a time that is a word', 'DRAIN_SECONDS', '60'],
    ['a port that only root may open', 'HEALTH_PORT', 80],
    ['a port that is none', 'HEALTH_PORT', 65_536],
    ['a level that is none', 'LOG_LEVEL', 'loud'],
    ['a namespace of AWS', 'METRICS_NAMESPACE', 'AWS/SQS'],
    ['no namespace', 'METRICS_NAMESPACE', ''],
    ['a namespace that is too long', 'METRICS_NAMESPACE', 'N'.repeat(256)],
    ['an endpoint that is no URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://::'],
    ['an endpoint of another protocol', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://127.0.0.1:4317'],
    ['an endpoint that is too long', 'OTEL_EXPORTER_OTLP_ENDPOINT', `http://${'c'.repeat(1_994)}`],
    ['a transport that is none', 'SQS_TRANSPORT', 'fast'],
    ['a switch that is a word', 'UPSCALE_MOVIES', 'yes'],
  ])('must not be %s', (_, name, given) => {
    expect(workerSettingsProblems({ [name]: given })).toEqual([
      { field: `${name} of the workerSettings`, given, allowed: expect.any(String) as unknown },
    ]);
  });

  it('must not be a drain that only Terraform knows: systemd is told a time that is made of it', () => {
    expect(workerSettingsProblems({ DRAIN_SECONDS: Token.asNumber({ seconds: 1 }) })).toHaveLength(1);
  });

  it.each(['"', "'", '\\', '%', '$', '`', '\n', ' ', '\u00e9', '{'])(
    'must not hold %j, which a unit, a shell or Terraform would read',
    (character) => {
      const settings = {
        METRICS_NAMESPACE: `a${character}b`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://collector/a${character}b`,
      };
      expect(workerSettingsProblems(settings)).toHaveLength(2);
    },
  );

  it.each(['QUEUE_URL', 'toString'])('have no %s, and say what there is', (name) => {
    expect(workerSettingsProblems({ [name]: 'x' })).toMatchObject([
      {
        field: 'workerSettings',
        given: name,
        allowed: expect.stringMatching(/^there are: DRAIN_SECONDS, HEALTH_PORT, /) as unknown,
      },
    ]);
  });

  it('are variables of the worker', () => {
    expect(workerVariables()).toEqual({});
    const settings = { HEALTH_PORT: 8080, LOG_LEVEL: undefined, UPSCALE_MOVIES: true };
    expect(workerVariables(settings)).toEqual({ HEALTH_PORT: '8080', UPSCALE_MOVIES: 'true' });
  });
});
