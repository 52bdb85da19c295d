import { type PlacedFinding, excuses, placed } from './verdict';

const finding: PlacedFinding = {
  check: 'CKV_AWS_18',
  wants: 'Ensure the S3 bucket has access logging enabled',
  resource: 'pipeline_uploads_bucket_4CA381F9',
  path: 'upload-pipeline/pipeline/uploads/bucket',
};
const stack = JSON.stringify({
  resource: { aws_s3_bucket: { [finding.resource]: { '//': { metadata: { path: finding.path } } } } },
});

describe('a finding', () => {
  it('tells the construct that made the resource', () => {
    const { path: _, ...found } = finding;
    expect(placed([found], stack)).toEqual([finding]);
  });

  it('keeps the name of what is no resource', () => {
    expect(placed([{ ...finding, resource: 'default' }], stack)).toMatchObject([{ path: 'default' }]);
  });
});

describe('an exception', () => {
  it.each(['upload-pipeline/pipeline/uploads/bucket', 'uploads/bucket'])('excuses %s', (construct) => {
    expect(excuses({ check: 'CKV_AWS_18', construct, reason: '' }, finding)).toBe(true);
  });

  it.each([
    ['another check', 'CKV_AWS_21', 'uploads/bucket'],
    ['another stack', 'CKV_AWS_18', 'complete/pipeline/uploads/bucket'],
    ['a construct whose name only ends alike', 'CKV_AWS_18', 'ploads/bucket'],
  ])('does not excuse %s', (_, check, construct) => {
    expect(excuses({ check, construct, reason: '' }, finding)).toBe(false);
  });
});
