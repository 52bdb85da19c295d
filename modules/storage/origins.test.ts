import { Fn } from 'cdktf';

import { originProblems } from './origins';

describe('an origin', () => {
  it.each(['https://films.example', 'http://127.0.0.1:8080', `http://${Fn.lower('ALB')}`])(
    'may be %s',
    (origin) => {
      expect(originProblems([origin])).toEqual([]);
    },
  );

  it.each(['*', 'films.example', 'https://films.example/', 'https://films.example/upload', 'ftp://films'])(
    'may not be %s',
    (origin) => {
      expect(originProblems([origin])).toEqual([
        expect.objectContaining({ field: 'corsOrigins', given: [origin] }),
      ]);
    },
  );
});
