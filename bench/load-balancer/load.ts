import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'undici';

import { median } from '../median';

const path = '/some/page?with=a&query=string';
const headers = {
  'user-agent': 'bench',
  accept: 'text/html,*/*',
  'accept-language': 'en',
  cookie: 'session=0123456789',
};

/** One request on a connection of its own kind, its body read to the end. */
function ask(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    client.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => {
          if (status === 200) {
            resolve();
          } else {
            reject(new Error(`status ${status}`));
          }
        },
        onResponseError: (_controller, error) => {
          reject(error);
        },
      },
    );
  });
}

/** Requests per second that a server answers to so many connections, each with one request after the other. */
export async function requestsPerSecond(url: string, connections: number, seconds: number): Promise<number> {
  const clients = Array.from({ length: connections }, () => new Client(url));
  let answered = 0;
  let over = false;
  const begun = performance.now();
  const all = Promise.all(
    clients.map(async (client) => {
      while (!over) {
        await ask(client);
        answered += 1;
      }
    }),
  );
  await Promise.race([sleep(seconds * 1_000), all]);
  const rate = (answered / (performance.now() - begun)) * 1_000;
  over = true;
  await all;
  await Promise.all(clients.map((client) => client.destroy()));
  return rate;
}

/** Median time of one request after the other, in milliseconds. */
export async function medianLatency(url: string, requests: number): Promise<number> {
  const client = new Client(url);
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const begun = performance.now();
    await ask(client);
    times.push(performance.now() - begun);
  }
  await client.destroy();
  return median(times);
}
