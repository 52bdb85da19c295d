import { oneLine } from './story';

describe('a line of the story', () => {
  it('stays one line, whatever the key holds', () => {
    expect(oneLine('Moved to: processed/a\nMoved to: b\u001b[2J')).toBe(
      'Moved to: processed/a\\u000aMoved to: b\\u001b[2J',
    );
  });

  it('keeps everything else as it is', () => {
    expect(oneLine('Moved to: processed/a b+c é ☃.txt')).toBe('Moved to: processed/a b+c é ☃.txt');
  });
});
