/** LocalStack's account. */
export const accountId = '000000000000';

/** The lab's administrator, who may do everything. LocalStack takes any key; the edge takes this one. */
export const administrator = { accessKeyId: 'test', secretAccessKey: 'test' } as const;
