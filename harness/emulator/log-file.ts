import { type WriteStream, createWriteStream } from 'node:fs';

/** A file for what a container logs. Where it cannot be written, a full disk say, that is told once, and the container goes on. */
export function openLog(file: string, onProgress: (line: string) => void): WriteStream {
  const log = createWriteStream(file);
  log.once('error', (error) => {
    onProgress(`the log ${file} cannot be written any more: ${error.message}`);
  });
  return log;
}
