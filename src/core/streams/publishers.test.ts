// Who may publish by WebRTC: offers that are taken and refused, sessions and their keys.

import { beforeEach, describe, expect, test } from 'vitest';
import { NotFoundError } from '#std/errors.ts';
import {
  PUBLISH_OFFER,
  PublishingSetUp,
  sendVideo,
} from '../../../test/support/publishing-set-up.ts';

let setUp: PublishingSetUp;

beforeEach(() => {
  setUp = new PublishingSetUp();
});

describe('an offer', () => {
  test('for a stream that does not exist is refused', async () => {
    const published = setUp.publishers.publish({ streamId: 'none', offer: PUBLISH_OFFER });
    await expect(published).rejects.toMatchObject({ code: 'stream_not_found' });
  });

  test('is refused while another publishes, and its peer is never opened', async () => {
    await setUp.publishConnected();
    await expect(setUp.publish()).rejects.toMatchObject({
      code: 'publisher_present',
      message: expect.stringMatching(/by WHIP from 127\.0\.0\.1:50000/),
    });
    expect(setUp.transport.peers).toHaveLength(1);
  });

  test('gets the place of one that nobody followed up for 2 s', async () => {
    await setUp.publish();
    setUp.clock.advance(1_999);
    await expect(setUp.publish()).rejects.toMatchObject({ code: 'publisher_present' });
    setUp.clock.advance(1);
    await setUp.publish();
    expect(setUp.transport.peers.map(({ closed }) => closed)).toEqual([true, false]);
    expect(setUp.publishers.size).toBe(1);
  });

  test('gets the place of one that has sent nothing for 3 s', async () => {
    setUp.openSource();
    const peer = await setUp.publishConnected();
    sendVideo(peer, 1);
    setUp.clock.advance(2_999);
    await expect(setUp.publish()).rejects.toMatchObject({ code: 'publisher_present' });
    setUp.clock.advance(1);
    await setUp.publish();
    expect(peer.closed).toBe(true);
    expect(setUp.failures[0]?.reason).toBe('the publisher left: place given to another');
    setUp.transport.peers[1]!.events.onState('connected');
    expect(setUp.offers).toHaveLength(2);
  });

  test.each([
    ['of video without H264 or H265', PUBLISH_OFFER.replaceAll('H264', 'VP8'), /video: VP8/],
    [
      'that sends nothing',
      PUBLISH_OFFER.replaceAll('sendonly', 'recvonly'),
      /no section of it sends/,
    ],
  ])('%s is refused in words', async (_, offer, words) => {
    await expect(setUp.publish(offer)).rejects.toMatchObject({
      code: 'codec_refused',
      message: expect.stringMatching(words),
    });
    expect(setUp.point.publisher).toBeUndefined();
  });

  test('of sound that we cannot take, with a picture that we can, is taken without it', async () => {
    setUp.openSource();
    await setUp.publishConnected(PUBLISH_OFFER.replace(/^(m=audio \S+ \S+).*$/m, '$1 9'));
    expect(setUp.offers[0]?.formats.map(({ codec }) => codec)).toEqual(['H264']);
    expect(setUp.offers[0]?.ignored).toEqual([expect.stringMatching(/^audio: G722/)]);
  });

  test('that makes no sense is refused', async () => {
    await expect(setUp.publish('v=0\r\n')).rejects.toMatchObject({ code: 'invalid_sdp' });
  });

  test('whose connection cannot be opened leaves the place free', async () => {
    setUp.transport.beforeOpen = () => Promise.reject(new Error('no more files'));
    await expect(setUp.publish()).rejects.toThrow('no more files');
    expect(setUp.point.publisher).toBeUndefined();
  });

  test('is refused when its stream goes while its connection opens', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setUp.transport.beforeOpen = () => promise;
    const published = setUp.publish();
    setUp.point.close('the stream was removed');
    resolve();
    await expect(published).rejects.toMatchObject({
      code: 'stream_not_ready',
      message: expect.stringMatching(/the stream was removed/),
    });
    expect(setUp.transport.peers[0]?.closed).toBe(true);
    expect(setUp.point.publisher).toBeUndefined();
  });

  test('is refused when the server closes, before or while its connection opens', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setUp.transport.beforeOpen = () => promise;
    const published = setUp.publish();
    setUp.publishers.close();
    resolve();
    await expect(published).rejects.toThrow(/server is closing/);
    expect(setUp.transport.peers[0]?.closed).toBe(true);
    await expect(setUp.publish()).rejects.toThrow(/server is closing/);
  });
});

describe('a session', () => {
  const FRAGMENT = 'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n';

  test('takes candidates, under its entity tag or none', async () => {
    const { sessionKey, etag } = await setUp.publish();
    setUp.publishers.trickle('gate', sessionKey, FRAGMENT, etag);
    setUp.publishers.trickle('gate', sessionKey, FRAGMENT, undefined);
    expect(setUp.transport.peers[0]?.candidates).toHaveLength(2);
  });

  test.each([
    ['another tag', FRAGMENT, 'other', 'stale_session'],
    ['another ufrag', `a=ice-ufrag:abcd\r\n${FRAGMENT}`, undefined, 'ice_restart_unsupported'],
    [
      'another password',
      `a=ice-pwd:${'p'.repeat(22)}\r\n${FRAGMENT}`,
      undefined,
      'ice_restart_unsupported',
    ],
    ['nonsense', 'x', undefined, 'invalid_candidate'],
  ])('refuses %s', async (_, fragment, etag, code) => {
    const { sessionKey } = await setUp.publish();
    expect(() => setUp.publishers.trickle('gate', sessionKey, fragment, etag)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(setUp.transport.peers[0]?.candidates).toEqual([]);
  });

  test('is over when its publisher leaves, and then not found', async () => {
    const { sessionKey } = await setUp.publish();
    setUp.publishers.leave('gate', sessionKey);
    expect(setUp.transport.peers[0]?.closed).toBe(true);
    expect(() => setUp.publishers.leave('gate', sessionKey)).toThrow(
      expect.objectContaining({ code: 'publisher_not_found' }),
    );
  });

  test('belongs to its stream', async () => {
    const { sessionKey } = await setUp.publish();
    expect(() => setUp.publishers.leave('other', sessionKey)).toThrow(NotFoundError);
    expect(setUp.publishers.size).toBe(1);
  });
});
