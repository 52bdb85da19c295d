import { displayName, newUploadId } from './upload-id';

describe('the id of an upload', () => {
  it('comes before all older ones', () => {
    const older = newUploadId(new Date('2026-11-25T00:00:00.000Z'));
    expect(newUploadId(new Date('2026-11-25T00:00:00.001Z')) < older).toBe(true);
    expect(newUploadId(new Date('2100-01-01')) < older).toBe(true);
  });

  it('differs for uploads of the same moment', () => {
    const now = new Date();
    expect(newUploadId(now)).not.toBe(newUploadId(now));
  });

  it('is not shown to people', () => {
    expect(displayName(`${newUploadId(new Date())}/a/b.txt`)).toBe('a/b.txt');
    expect(displayName('by-hand/b.txt')).toBe('by-hand/b.txt');
  });
});
