import type { Act } from './act';

export const dies: Act = {
  number: 3,
  name: 'dies',
  story: 'The worker process is killed and kept down; a file is uploaded.',
  async play(stage) {
    for (const worker of await stage.runningWorkers()) {
      await stage.kill(worker);
    }

    await stage.upload('fail.txt');

    await stage.queueHolds('one waiting message', ({ visible, inFlight }) => visible === 1 && inFlight === 0);
    const messages = await stage.pipeline.peek();
    const key = stage.pipeline.uploadKey('fail.txt');
    stage.must(
      `one message in receive-message, about ${key}`,
      messages.length === 1 && namesKey(messages[0], key),
    );
    stage.must(`${key} where it was uploaded`, await stage.pipeline.exists(key));
    stage.must('nothing processed', !(await stage.pipeline.exists(stage.pipeline.processedKey('fail.txt'))));
    stage.must('every worker still down', (await stage.runningWorkers()).length === 0);
    return [
      `receive-message shows one message, about ${key}`,
      `the object stays in ${stage.pipeline.uploadKey('')}; nothing is processed: a single point of failure`,
    ];
  },
};

/** Keys are form-urlencoded in events, and some emulators encode the slash too. */
function namesKey(message: string | undefined, key: string): boolean {
  return message !== undefined && (message.includes(key) || message.includes(encodeURIComponent(key)));
}
