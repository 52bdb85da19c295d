import { WallClock, tell, tellFactor } from './clock';
import { HandClock } from './testing/clock';

describe('a clock', () => {
  it('keeps real time unless it is told a factor', () => {
    expect(new WallClock().factor).toBe(1);
    expect(new WallClock().lasts(60)).toBe(60_000);
  });

  it('compresses durations by its factor, and leaves the time of day alone', () => {
    const clock = new HandClock(20);
    const begun = clock.now().getTime();
    expect(clock.lasts(60)).toBe(3_000);
    expect(clock.later(60).getTime() - begun).toBe(3_000);
    clock.pass(1);
    expect(clock.now().getTime() - begun).toBe(1_000);
  });

  it('compresses no duration below what it must last at least, and lengthens none', () => {
    const clock = new HandClock(20);
    const lasts = (seconds: number): number => clock.later(seconds, 30).getTime() - clock.now().getTime();
    expect(lasts(120)).toBe(30_000);
    expect(lasts(3_600)).toBe(180_000);
    expect(lasts(10)).toBe(10_000);
  });

  it.each([0, 0.5, -1, Number.NaN, 61, Number.POSITIVE_INFINITY])('refuses the factor %p', (factor) => {
    expect(() => new WallClock(factor)).toThrow(
      `from 1 (real time) to 60 (a minute lasts a second), not ${factor}`,
    );
  });

  it('tells a duration with what is left of it here', () => {
    expect(tell(60, { factor: 1 })).toBe('60 s');
    expect(tell(60, { factor: 20 })).toBe('60 s (3 s here, time ×20)');
    expect(tell(5, { factor: 7 })).toBe('5 s (0.7 s here, time ×7)');
  });

  it('tells its factor wherever times are shown, and nothing in real time', () => {
    expect(tellFactor(1)).toBeUndefined();
    expect(tellFactor(20)).toBe('×20: periods, cooldowns and the like are compressed, a minute lasts 3 s');
  });
});
