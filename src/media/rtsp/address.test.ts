// Cameras' addresses: what people paste, what cameras answer, and what must not be shown.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { parseCameraAddress, redactCameraAddress } from './address.ts';
import { baseUrl, controlUrl } from './control-url.ts';
import { followRedirect } from './redirect.ts';

describe('parseCameraAddress', () => {
  test.each([
    ['rtsp://10.0.0.7/ch1', { secure: false, host: '10.0.0.7', port: 554 }],
    ['RTSPS://Cam.Local/ch1', { secure: true, host: 'cam.local', port: 322 }],
    ['rtsp://10.0.0.7:8554?x=1#y', { port: 8554, uri: 'rtsp://10.0.0.7:8554?x=1#y' }],
    ['rtsp://[FE80::1%eth0]:55/a', { host: 'fe80::1%eth0', port: 55 }],
    ['rtsp://admin@10.0.0.7', { username: 'admin', password: '', uri: 'rtsp://10.0.0.7' }],
    ['rtsp://a:b@c@10.0.0.7/d@e', { username: 'a', password: 'b@c', uri: 'rtsp://10.0.0.7/d@e' }],
    ['rtsp://cam/path@2x', { host: 'cam', username: undefined, uri: 'rtsp://cam/path@2x' }],
    ['rtsp://admin:x@y/z@10.0.0.7/d', { password: 'x@y/z', uri: 'rtsp://10.0.0.7/d' }],
    ['rtsp://admin:x@y.lan/z@10.0.0.7/d', { host: 'y.lan', password: 'x' }],
    ['rtsp://admin:x/y@cam/d', { host: 'cam', password: 'x/y' }],
  ])('reads %s', (text, wanted) => {
    expect(parseCameraAddress(text)).toMatchObject(wanted);
  });

  test('takes the ports of HTTP for a tunnel, unless one is named', () => {
    const portOf = (text: string) => parseCameraAddress(text, { isTunnel: true }).port;
    expect(['rtsp://h', 'rtsps://h', 'rtsp://h:554'].map(portOf)).toEqual([80, 443, 554]);
  });

  test.each([
    ['http://10.0.0.7/', 'rtsp://host/path'],
    ['rtsp://10.0.0.7/a b', 'without spaces'],
    [`rtsp://h/${'x'.repeat(2048)}`, 'rtsp://host/path'],
    ['rtsp://', 'its host'],
    ['rtsp://secret@', 'its host'],
    ['rtsp://h:0/', 'its port'],
    ['rtsp://h:65536/', 'its port'],
    ['rtsp://fe80::1/', 'its host'],
  ])('refuses %s without repeating it', (text, reason) => {
    expect(() => parseCameraAddress(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_camera_address',
        message: expect.stringContaining(reason),
      }),
    );
    expect(() => parseCameraAddress(text)).not.toThrow(/secret/);
  });

  test('quirk 5: any password comes back, escaped or not (Frigate documentation)', () => {
    const passwords = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
    fc.assert(
      fc.property(passwords, (password) => {
        const escaped = `rtsp://admin:${encodeURIComponent(password)}@10.0.0.7/ch1`;
        const wanted = { username: 'admin', password, uri: 'rtsp://10.0.0.7/ch1' };
        expect(parseCameraAddress(escaped)).toMatchObject(wanted);
      }),
    );
    for (const password of ['p@ss', 'a/b', 'a#b', 'a?b', '100%', '%zz', ':x:', '1/2@3']) {
      const text = `rtsp://admin:${password}@10.0.0.7/ch1`;
      expect(parseCameraAddress(text)).toMatchObject({ password, host: '10.0.0.7' });
    }
    // A host and a port, as far as anybody can see: this password has to be escaped.
    expect(parseCameraAddress('rtsp://admin:12/x@cam/')).toMatchObject({ host: 'admin' });
  });

  test('gives nothing but InputError for any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('rtsp://', '@', ':', '/', '[', ']', '%', '554'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          const { host, port } = parseCameraAddress(`rtsp://${parts.join('')}`);
          expect(host).not.toBe('');
          expect(port).toBeLessThanOrEqual(65_535);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

test.each([
  ['rtsp://admin:p@ss/w@10.0.0.7/ch1', 'rtsp://10.0.0.7/ch1'],
  [
    'rtsp://10.0.0.7/a?user=admin&password=geheim&x=1',
    'rtsp://10.0.0.7/a?user=admin&password=…&x=1',
  ],
  [
    'rtsp://10.0.0.7/user=admin_password=tl_channel=1.sdp',
    'rtsp://10.0.0.7/user=admin_password=…_channel=1.sdp',
  ],
  ['rtsp://10.0.0.7/s?token=abc', 'rtsp://10.0.0.7/s?token=…'],
  ['publish:', 'publish:'],
])('%s is shown as %s', (text, shown) => {
  expect(redactCameraAddress(text)).toBe(shown);
});

describe('quirk 12: Content-Base and control', () => {
  const asked = 'rtsp://10.0.0.7/ch1?x=1';

  test.each([
    [undefined, asked],
    ['', asked],
    ['rtsp://10.0.0.7/ch1/ ', 'rtsp://10.0.0.7/ch1/'],
    // go2rtc#830
    ['rtsp://rtsp://10.0.0.7/ch1/', 'rtsp://10.0.0.7/ch1/'],
    // go2rtc#1852
    ['10.0.0.7/ch1/', 'rtsp://10.0.0.7/ch1/'],
    ['/ch1/', 'rtsp://10.0.0.7/ch1/'],
    // go2rtc#1236
    ['rtsp://fe80::1/ch1/', asked],
    ['rtsp://[fe80::1]:554/ch1/', 'rtsp://[fe80::1]:554/ch1/'],
    ['rtsp:///ch1/', asked],
  ])('the base %j becomes %s', (named, wanted) => {
    expect(baseUrl(asked, named)).toBe(wanted);
  });

  test.each([
    ['rtsp://h/a', undefined, 'rtsp://h/a'],
    ['rtsp://h/a', '*', 'rtsp://h/a'],
    ['rtsp://h/a', 'trackID=1', 'rtsp://h/a/trackID=1'],
    ['rtsp://h/a/', 'trackID=1', 'rtsp://h/a/trackID=1'],
    ['rtsp://h/a/', '/trackID=1', 'rtsp://h/a/trackID=1'],
    // retina: also behind a query
    ['rtsp://h/a?x=1', 'trackID=1', 'rtsp://h/a?x=1/trackID=1'],
    ['rtsp://h/a', '?ctype=video', 'rtsp://h/a?ctype=video'],
    ['rtsp://h/a', 'rtsp://i/b', 'rtsp://i/b'],
    ['rtsp://h/a', 'rtsp://rtsp://i/b', 'rtsp://i/b'],
    ['rtsp://h/a', 'track\r\nX: 1', 'rtsp://h/a/trackX:1'],
  ])('under %s the control %j is %s', (base, control, wanted) => {
    expect(controlUrl(base, control)).toBe(wanted);
  });

  test('any text gives a URL without spaces and line breaks', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (named, control) => {
        expect(controlUrl(baseUrl(asked, named), control)).toMatch(/^[^\s\0]+$/);
      }),
    );
  });
});

describe('quirk 30: redirections', () => {
  const plain = parseCameraAddress('rtsp://10.0.0.7/ch1');
  const secure = parseCameraAddress('rtsps://[fd00::7]:322/ch1');

  test('are followed, with user name and password on the same host only (go2rtc#1909)', () => {
    expect(followRedirect(plain, 'rtsp://10.0.0.7:8554/x')).toMatchObject({
      address: { port: 8554, uri: 'rtsp://10.0.0.7:8554/x' },
      keepsCredentials: true,
    });
    expect(followRedirect(plain, 'rtsp://10.0.0.8/x')).toMatchObject({ keepsCredentials: false });
    expect(followRedirect(plain, 'rtsps://10.0.0.7/x')).toMatchObject({ keepsCredentials: true });
  });

  test('may name a path only', () => {
    expect(followRedirect(plain, '/x').address.uri).toBe('rtsp://10.0.0.7:554/x');
    expect(followRedirect(secure, '/x').address.uri).toBe('rtsps://[fd00::7]:322/x');
  });

  test('never lead out of encryption, or nowhere (gortsplib#816)', () => {
    expect(() => followRedirect(secure, 'rtsp://[fd00::7]/x')).toThrow(/from rtsps:\/\/ to rtsp:/);
    expect(() => followRedirect(plain, 'http://10.0.0.7/')).toThrow(/not one of RTSP/);
  });
});
