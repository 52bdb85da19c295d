import { speakBy } from '../testing/rehearsal';

// Everything that the consumer does by the SDK's client, it does by the lean one: the same tests again.
speakBy('lean');
import './consumer.test';
import './failures.test';
import './fifo.test';
import './leases.test';
import './stop.test';
