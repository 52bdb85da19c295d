import { onceWhileItLasts } from './once-while-it-lasts';

describe('telling what goes wrong again and again', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is done once while it lasts, however many things go wrong at once, and anew when it comes again', () => {
    const told: string[] = [];
    const tell = onceWhileItLasts((message) => told.push(message));
    for (let second = 0; second < 300; second += 1) {
      tell(new Error('no daemon'));
      tell(new Error('no LocalStack'));
      jest.advanceTimersByTime(1_000);
    }
    expect(told).toEqual(['no daemon', 'no LocalStack']);
    jest.advanceTimersByTime(60_000);
    tell('no daemon');
    expect(told).toEqual(['no daemon', 'no LocalStack', 'no daemon']);
  });
});
