// Logging in to cameras as they are: each quirk with the thread that tells of it.

import { describe, expect, test } from 'vitest';
import { RtspDialogue } from '../../../test/support/rtsp-dialogue.ts';

const LOGIN = { username: 'admin', password: 'secret' };
const SHA256 = 'WWW-Authenticate: Digest realm="r", nonce="n1", algorithm=SHA-256, qop="auth"';
const MD5 = 'WWW-Authenticate: Digest realm="r", nonce="n2"';

function denied(...lines: string[]) {
  return { status: '401 Unauthorized', lines };
}

describe('quirks 1 to 4: logging in', () => {
  test('quirk 1: SHA-256 alone is enough (go2rtc#2344)', () => {
    const camera = new RtspDialogue({ credentials: LOGIN });
    camera.answer();
    camera.answer(denied(SHA256));
    expect(camera.sentHeader('Authorization')).toMatch(
      /^Digest username="admin".*algorithm=SHA-256/,
    );
    expect(camera.last).toMatchObject({ method: 'DESCRIBE', uri: 'rtsp://10.0.0.7/ch1' });
    expect(camera.sentHeader('Accept')).toBe('application/sdp');
    camera.answer(denied(SHA256));
    expect(camera.failure).toEqual({
      reason:
        'wrong user name or password (401 from 10.0.0.7:554). Not retrying: some cameras lock the account',
      kind: 'refused',
    });
  });

  test('quirk 2: of two challenges only the second one works (go2rtc#2451)', () => {
    const camera = new RtspDialogue({ credentials: LOGIN });
    camera.answer();
    camera.answer(denied(MD5, SHA256));
    expect(camera.sentHeader('Authorization')).toMatch(/SHA-256/);
    camera.answer(denied(MD5, SHA256));
    expect(camera.sentHeader('Authorization')).toMatch(/nonce="n2"/);
    camera.answer(denied(MD5, SHA256));
    expect(camera.failure?.kind).toBe('refused');
    expect(camera.methods.filter((method) => method === 'DESCRIBE')).toHaveLength(3);
  });

  test('quirk 3: the nonce gets stale in mid-session (Scrypted, gortsplib#1118)', () => {
    const camera = new RtspDialogue({ credentials: LOGIN });
    camera.answer(denied(SHA256));
    camera.play();
    camera.sendFrame(0);
    for (const nonce of ['n3', 'n4']) {
      for (let second = 0; second < 30; second++) {
        camera.wait(1);
        camera.sendFrame(0);
      }
      camera.answer(denied(SHA256.replace('n1', nonce)));
      expect(camera.last.method).toBe('OPTIONS');
      expect(camera.sentHeader('Authorization')).toContain(`nonce="${nonce}"`);
      camera.answer();
    }
    expect(camera.failure).toBeUndefined();
    // The password was changed: the new nonce does not help.
    camera.wait(1);
    camera.sendFrame(0);
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(9);
    camera.sendFrame(0);
    camera.wait(2);
    camera.answer(denied(SHA256.replace('n1', 'n5')));
    camera.answer(denied(SHA256.replace('n1', 'n6')));
    expect(camera.failure?.kind).toBe('refused');
    expect(camera.last.method).toBe('TEARDOWN');
  });

  test('quirk 4: an answer without a CSeq is the answer to the oldest request (go2rtc#7)', () => {
    const camera = new RtspDialogue({ credentials: LOGIN });
    camera.answer({ lines: ['CSeq:'] });
    camera.answer(denied('CSeq:', MD5));
    expect(camera.sentHeader('Authorization')).toContain('nonce="n2"');
    // With a wrong one it is none.
    camera.answer({ lines: ['CSeq: 77'] });
    expect(camera.last.method).toBe('DESCRIBE');
  });

  test('a camera that wants a login says so where none is set', () => {
    const camera = new RtspDialogue();
    camera.answer(denied(SHA256));
    expect(camera.failure).toEqual({
      reason: 'it wants a user name and a password (401 from 10.0.0.7:554). Set them',
      kind: 'refused',
    });
  });

  test('a camera with another login than Digest or Basic is refused in words', () => {
    const camera = new RtspDialogue({ credentials: LOGIN });
    camera.answer(denied('WWW-Authenticate: NTLM'));
    expect(camera.failure?.reason).toMatch(/neither Digest nor Basic/);
  });
});
