import { moveProcessor, type MoveOptions } from './move';
import type { Processor } from './processor';

/** Every processor, in the order in which they are asked whether they accept an upload. Adding one is one line. */
export function allProcessors(options: MoveOptions): readonly Processor[] {
  return [moveProcessor(options)];
}
