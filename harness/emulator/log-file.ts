import { type WriteStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream';

/** A file for what a container logs. Where it cannot be written, a full disk say, that is told once, and the container goes on. */
export function openLog(file: string, onProgress: (line: string) => void): WriteStream {
  const log = createWriteStream(file);
  log.once('error', (error) => {
    onProgress(`the log ${file} cannot be written any more: ${error.message}`);
  });
  return log;
}

/** Ends a log. @param onEnd told when all of it can be read, or no more of it can be written. */
export function endLog(log: WriteStream, onEnd: () => void): void {
  finished(log, () => {
    onEnd();
  });
  log.end();
}
