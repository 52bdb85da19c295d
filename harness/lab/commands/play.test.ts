import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import type { Access } from '../../access/access';
import { WallClock } from '../../fleet/clock';
import { acts } from '../acts';
import { Narrator } from '../narrator';
import { conclude } from './play';

const lab = {
  setUp: [{ name: 'emulator', seconds: 3 }] as const,
  clock: new WallClock(20),
  access: { denials: [] } as unknown as Access,
  close: () => Promise.resolve(),
};
const stuck = { ...lab, close: () => Promise.reject(new Error('the network stays')) };
const reports = acts.map(({ number, name, story }) => ({ number, name, story, seconds: 1, seen: ['all'] }));

describe('the end of a play', () => {
  const out = new PassThrough();
  const narrator = new Narrator(out, new PassThrough().resume());

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is one JSON document that tells what was seen, and also that the lab could not be stopped', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation();
    expect(await conclude({ lab, reports, narrator, json: true })).toBe(true);
    expect(await conclude({ lab: stuck, reports, narrator, json: true })).toBe(false);
    const documents = log.mock.calls.map(([document]) => JSON.parse(String(document)) as object);
    expect(documents).toHaveLength(2);
    expect(documents[0]).not.toHaveProperty('error');
    expect(documents[1]).toMatchObject({ seen: true, error: 'the network stays' });
  });

  it('is a table for a person, and the reason why the lab could not be stopped', async () => {
    const error = jest.spyOn(console, 'error').mockImplementation();
    expect(await conclude({ lab: stuck, reports, narrator })).toBe(false);
    out.end();
    expect(await text(out)).toContain('act 1 view');
    expect(error).toHaveBeenCalledWith(expect.stringContaining('the network stays'));
  });
});
