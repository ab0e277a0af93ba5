// What the engine says about itself: reports and levels.

import { describe, expect, test } from 'vitest';
import {
  FAKE_FRAME_BYTES,
  planListener,
  SoundEngineSetUp,
} from '../../../../test/support/sound-engine-set-up.ts';

describe('figures', () => {
  test('a report each second counts per listener what was sent and what failed', () => {
    const engine = new SoundEngineSetUp();
    engine.socket.failsEach = 10;
    engine.apply({ listeners: [planListener(6_000, { channels: [1] })] });
    engine.deliver(2_000);
    engine.apply({ listeners: [planListener(6_000, { channels: [1] }), planListener(6_002)] });
    engine.deliver(1_000);
    expect(engine.reports).toHaveLength(3);
    const packetBytes = 12 + 3 + FAKE_FRAME_BYTES;
    // The tick that ends in the moment of the report comes after it.
    expect(engine.reports[1]).toEqual({
      listeners: [
        { id: 'listener-6000', packets: 399, bytes: 399 * packetBytes + 16, sendErrors: 39 },
      ],
      packetsSent: 399,
      encodings: 1,
      delay: { p50Ms: 5, p99Ms: 5 },
      cpuSeconds: 1.5,
      strayDatagrams: 3,
    });
    expect(engine.reports[2]).toMatchObject({ encodings: 32, packetsSent: 599 + 199 });
    expect(engine.reports[2]?.listeners.map(({ packets }) => packets)).toEqual([599, 199]);
  });

  test('counts of one that went begin anew when it comes again', () => {
    const engine = new SoundEngineSetUp();
    const listeners = [planListener(6_000, { channels: [1] })];
    engine.apply({ listeners });
    engine.deliver(500);
    engine.apply({});
    engine.deliver(100);
    engine.apply({ listeners });
    engine.deliver(400);
    expect(engine.reports[0]?.listeners[0]?.packets).toBe(79);
  });

  test('delay is null in a second in which nothing was sent, and reports end with the source', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({});
    engine.clock.advance(1_000);
    expect(engine.reports).toMatchObject([{ delay: null, encodings: 0, listeners: [] }]);
    engine.apply({ source: null });
    engine.clock.advance(5_000);
    expect(engine.reports).toHaveLength(1);
  });

  test('DSCP is set when it changes', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ dscp: 46 });
    engine.apply({ dscp: 46 });
    engine.apply({ dscp: 0 });
    expect(engine.socket.dscps).toEqual([46, 0]);
  });
});
