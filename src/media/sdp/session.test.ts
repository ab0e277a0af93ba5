// Session descriptions: sections and attributes, the sloppiness of cameras, and nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { attribute, attributes, parseSdp } from './session.ts';

const CAMERA = [
  'o=- 1 1 IN IP4 10.0.0.7',
  's=Media Presentation ',
  's=again',
  'c=IN IP4 0.0.0.0',
  'a=control:*',
  'not a line',
  'm=Video 0 RTP/AVP 96 ',
  'c=IN IP4 10.0.0.7',
  'a=rtpmap:96 H264/90000 ',
  'a=recvonly',
  'a=control:trackID=0',
  'm=audio 5004/2 RTP/AVP  8',
  'a=control:trackID=1',
];

describe('parseSdp', () => {
  test.each(['\n', '\r\n', '\r'])('reads sections and attributes with lines ended by %j', (end) => {
    expect(parseSdp(CAMERA.join(end))).toEqual({
      connection: 'IN IP4 0.0.0.0',
      attributes: [{ name: 'control', value: '*' }],
      media: [
        {
          kind: 'video',
          port: 0,
          protocol: 'RTP/AVP',
          formats: ['96'],
          connection: 'IN IP4 10.0.0.7',
          attributes: [
            { name: 'rtpmap', value: '96 H264/90000' },
            { name: 'recvonly', value: '' },
            { name: 'control', value: 'trackID=0' },
          ],
        },
        {
          kind: 'audio',
          port: 5004,
          protocol: 'RTP/AVP',
          formats: ['8'],
          connection: undefined,
          attributes: [{ name: 'control', value: 'trackID=1' }],
        },
      ],
    });
  });

  test('keeps attributes of one name in their order', () => {
    const [section] = parseSdp('m=video 9 X 1\na=b:2\na=c\na=b:1').media;
    expect(attributes(section!, 'b')).toEqual(['2', '1']);
    expect(attribute(section!, 'b')).toBe('2');
    expect(attribute(section!, 'c')).toBe('');
    expect(attribute(section!, 'd')).toBeUndefined();
  });

  test.each([
    ['nothing', '', 'no m= line'],
    ['a page of HTML', '<html></html>', 'no m= line'],
    ['a media line without a port', 'm=video', '"m=video" is not'],
    ['a media line without formats', 'm=video 9 RTP/AVP', 'is not "m=kind'],
    ['a port that is no number', 'm=video x RTP/AVP 96', 'is not "m=kind'],
    ['a port above 65535', 'm=video 65536 RTP/AVP 96', 'is not "m=kind'],
    ['65 media sections', 'm=video 9 RTP/AVP 96\n'.repeat(65), 'more than 64 media sections'],
    ['more than 64 KiB', `m=video 9 RTP/AVP 96\n${'a=x\n'.repeat(16_400)}`, 'longer than 65536'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseSdp(text)).toThrow(
      expect.objectContaining({ code: 'invalid_sdp', message: expect.stringContaining(reason) }),
    );
  });

  test('reads back any sections and attributes', () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    const value = fc.stringMatching(/^[a-z0-9=;/]([a-z0-9=;/: -]{0,20}[a-z0-9=;/])?$/);
    const section = fc.record({
      kind: word,
      port: fc.nat(0xffff),
      protocol: word,
      formats: fc.array(word, { minLength: 1, maxLength: 5 }),
      connection: fc.option(value, { nil: undefined }),
      attributes: fc.array(fc.record({ name: word, value: fc.oneof(value, fc.constant('')) })),
    });
    fc.assert(
      fc.property(fc.array(section, { minLength: 1, maxLength: 64 }), (media) => {
        const lines = media.flatMap((each) => [
          `m=${each.kind} ${each.port} ${each.protocol} ${each.formats.join(' ')}`,
          ...(each.connection === undefined ? [] : [`c=${each.connection}`]),
          ...each.attributes.map(({ name, value }) => `a=${name}${value && `:${value}`}`),
        ]);
        expect(parseSdp(lines.join('\n')).media).toEqual(media);
      }),
    );
  });

  test('gives nothing but InputError for any text', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('m=', 'm=video 9 X 1', 'a=', 'a=:', 'c=', '='),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parseSdp(lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
