import { gzipSync } from 'node:zlib';

import { readUserData } from './user-data';

const script = Buffer.from('#!/bin/bash\necho hello\n');

describe('readUserData', () => {
  it('takes a script as it is', () => {
    expect(readUserData(script)).toEqual({ kind: 'script', script });
  });

  it('unpacks gzip, as cloud-init does', () => {
    expect(readUserData(gzipSync(script))).toEqual({ kind: 'script', script });
  });

  it('keeps bytes that are no text: a script may carry a payload behind its exit', () => {
    const payload = Buffer.concat([script, Buffer.from([0, 0xff, 0x80])]);
    expect(readUserData(payload)).toEqual({ kind: 'script', script: payload });
  });

  it.each(['', ' \n\t\n'])('has nothing to do for %j', (text) => {
    expect(readUserData(Buffer.from(text))).toEqual({ kind: 'none' });
  });

  it.each([
    ['#cloud-config\npackages: [nginx]\n', 'cloud-config'],
    ['#cloud-boothook\necho hello\n', 'boot hook'],
    ['#include\nhttps://example.com/script\n', 'include file'],
    ['## template: jinja\n#!/bin/bash\n', 'Jinja template'],
    ['Content-Type: multipart/mixed; boundary="x"\nMIME-Version: 1.0\n', 'MIME multi-part'],
  ])('says what %j is, and to give a script', (text, format) => {
    const read = readUserData(Buffer.from(text));
    expect(read).toMatchObject({ kind: 'unsupported' });
    expect(read).toHaveProperty('reason', expect.stringContaining(format));
    expect(read).toHaveProperty('reason', expect.stringContaining('begins with #!'));
  });

  it('never runs text that begins like nothing cloud-init knows', () => {
    expect(readUserData(Buffer.from('echo hello\n'))).toMatchObject({ kind: 'unsupported' });
  });

  it('says that gzip which is cut short cannot be unpacked', () => {
    const cut = gzipSync(script).subarray(0, 15);
    expect(readUserData(cut)).toHaveProperty('reason', expect.stringContaining('cannot be unpacked'));
  });
});
