// Tests of reading the configuration: defaults, what is refused and in which words, overrides.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import { InputError } from '#std/errors.ts';
import { type ReadConfig, readConfig } from './read-config.ts';

/** What a stream has that is told nothing but its source. */
const testSettings = { ...streamSettingsDefaults, source: 'test:' };

function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  try {
    readConfig(text, 'yeoul.yaml', environment);
  } catch (error) {
    if (error instanceof InputError && error.code === 'invalid_config') {
      return error.message.split('\n');
    }
    throw error;
  }
  return [];
}

function configOf(text: string, environment: Record<string, string> = {}): ReadConfig['config'] {
  return readConfig(text, 'yeoul.yaml', environment).config;
}

test('an empty file gives the defaults and the test stream', () => {
  expect(configOf('')).toEqual({
    server: { host: '0.0.0.0', httpPort: 8080, production: false },
    metrics: { port: null },
    webrtc: {
      host: '0.0.0.0',
      port: 8189,
      tcp: true,
      hosts: [],
      iceServers: [],
      maxPeers: 1000,
    },
    rtsp: { host: '0.0.0.0', port: 8554, rtpPort: 0 },
    console: {
      enabled: true,
      device: null,
      arecord: 'arecord',
      rtpPort: 5002,
      maxListeners: 20,
      mdnsName: 'm32-server',
    },
    cameras: { allow: [] },
    streams: [
      { id: 'test', settings: testSettings, origin: { kind: 'builtin', file: null, line: null } },
    ],
    transcoding: { ffmpeg: 'ffmpeg', max: 2 },
    access: { read: 'open', publish: 'admin', adminSecret: null },
    data: { path: 'data/yeoul.db' },
    logging: {
      level: 'info',
      output: 'console',
      filePath: 'logs/yeoul.log',
      maxSizeMb: 500,
      maxBackups: 15,
      maxAgeDays: 15,
    },
  });
});

test('keys and sections with nothing behind them mean their defaults', () => {
  const text =
    'server:\nwebrtc:\n  hosts:\n  port: null\nrtsp:\n  port:\nstreams:\nmetrics:\n  port:\n# end\n';
  expect(configOf(text)).toEqual(configOf(''));
});

test('null is a value where it means something', () => {
  expect(configOf('rtsp: {port: null}').rtsp.port).toBeNull();
  expect(configOf('rtsp: {port: ~}').rtsp.port).toBeNull();
  expect(configOf('', { YEOUL_RTSP_PORT: 'null' }).rtsp.port).toBeNull();
});

test('sections for cameras, access and data are read', () => {
  const text = `cameras: {allow: [127.0.0.1, 'fe80::/10']}
transcoding: {ffmpeg: /opt/ffmpeg, max: 0}
access: {read: admin, publish: open, admin_secret: correct-horse-battery}
data: {path: /var/lib/yeoul/yeoul.db}
`;
  expect(configOf(text)).toMatchObject({
    cameras: { allow: ['127.0.0.1', 'fe80::/10'] },
    transcoding: { ffmpeg: '/opt/ffmpeg', max: 0 },
    access: { read: 'admin', publish: 'open', adminSecret: 'correct-horse-battery' },
    data: { path: '/var/lib/yeoul/yeoul.db' },
  });
});

test('ICE servers and hosts are read', () => {
  const text = `webrtc:
  hosts: [203.0.113.5, '2001:db8::1', media.example.org]
  ice_servers:
    - url: stun:stun.example.org:3478
    - {url: 'turns:[2001:db8::2]:5349?transport=tcp', username: u, credential: c}
`;
  expect(configOf(text).webrtc).toMatchObject({
    hosts: ['203.0.113.5', '2001:db8::1', 'media.example.org'],
    iceServers: [
      { url: 'stun:stun.example.org:3478' },
      { url: 'turns:[2001:db8::2]:5349?transport=tcp', username: 'u', credential: 'c' },
    ],
  });
});

test.each([
  [
    'server:\n  host: x\n  http_prot: 1',
    '3:3: unknown key "http_prot" in server. Did you mean "http_port"?',
  ],
  ['sever: {}', '1:1: unknown key "sever". Did you mean "server"?'],
  ['a: &a [*a]', '1:1: unknown key "a".'],
  ['__proto__: 1', '1:1: unknown key "__proto__".'],
  ['? [a]\n: 1', '1:1: unknown key "[ a ]".'],
  [
    `streams: {a: {source: 'test:', nam: x}}`,
    '1:32: unknown key "nam" in streams.a. Did you mean "name"?',
  ],
  [
    'server:\n  http_port: "80"',
    '2:14: server.http_port must be a whole number from 0 to 65535, not "80".',
  ],
  [
    'server: {http_port: 80.5}',
    '1:21: server.http_port must be a whole number from 0 to 65535, not 80.5.',
  ],
  [
    'server: {http_port: 65536}',
    '1:21: server.http_port must be a whole number from 0 to 65535, not 65536.',
  ],
  ['server: {production: yes}', '1:22: server.production must be true or false, not "yes".'],
  [
    'server: {host: 1.2.3}',
    '1:16: server.host must be an IP address or a host name, without a port, not "1.2.3".',
  ],
  [
    'server: {host: "a:80"}',
    '1:16: server.host must be an IP address or a host name, without a port, not "a:80".',
  ],
  ['server: 5', '1:9: server must be a mapping (indented "key: value" lines), not 5.'],
  ['webrtc: {hosts: here}', '1:17: webrtc.hosts must be a list, not "here".'],
  [
    'webrtc: {hosts: [a, -b]}',
    '1:21: webrtc.hosts[1] must be an IP address or a host name, without a port, not "-b".',
  ],
  [
    'webrtc: {max_peers: 0}',
    '1:21: webrtc.max_peers must be a whole number from 1 to 100000, not 0.',
  ],
  ['webrtc: {port: 8080}', '1:16: webrtc.port must not be the same as server.http_port.'],
  ['metrics: {port: 8080}', '1:17: metrics.port must not be the same as server.http_port.'],
  ['metrics: {port: 8189}', '1:1: webrtc.port must not be the same as metrics.port.'],
  [
    'streams: {a b: {}}',
    '1:11: stream id "a b" must be letters, digits, - and _, a letter or digit first; at most 64.',
  ],
  ['streams: [1]', '1:10: streams must be a mapping (indented "key: value" lines).'],
  ['streams: {a: }', '1:14: streams.a must be a mapping (indented "key: value" lines).'],
  [
    'streams:\n  a:\n    name: A',
    '3:5: streams.a.source must be an address like rtsp://host/path or rtsps://host/path, without spaces, or "publish:", or "test:".',
  ],
  [
    `streams: {a: {source: 'test:', name: 7}}`,
    '1:38: streams.a.name must be text of 1 to 100 characters without line breaks (numbers in quotes).',
  ],
  [
    `streams: {a: {source: 'rtsp://h/', sub: 'rtsp://:0/'}}`,
    '1:41: streams.a.sub has a host or a port that makes no sense.',
  ],
  [
    `streams: {a: {source: 'publish:', username: u}}`,
    '1:45: streams.a.username is for cameras, and source is "publish:".',
  ],
  [
    `streams: {a: {source: 'test:', open: never}}`,
    '1:38: streams.a.open must be one of always, demand.',
  ],
  ['console: {rtp_port: 8189}', '1:21: console.rtp_port must not be the same as webrtc.port.'],
  [
    'console: {device: "file:"}',
    '1:19: console.device must be auto, test:, tones:, file:PATH, hw:CARD or the name of a PCM, not "file:".',
  ],
  [
    `console: {device: "file,'|reboot'"}`,
    `1:19: console.device must be auto, test:, tones:, file:PATH, hw:CARD or the name of a PCM, not "file,'|reboot'".`,
  ],
  [
    'console: {mdns_name: m32.local}',
    '1:22: console.mdns_name must be a host name without .local: letters, digits and -, at most 63, not "m32.local".',
  ],
  ['rtsp: {port: 8080}', '1:14: rtsp.port must not be the same as server.http_port.'],
  [
    'cameras: {allow: [10.0.0.0/33]}',
    '1:19: cameras.allow[0] must be an address or a range like 10.0.0.7, 10.0.0.0/8 or fd00::/8, not "10.0.0.0/33".',
  ],
  ['data: {path: data/}', '1:14: data.path must name a file, not a folder, not "data/".'],
  [
    'logging: {level: verbose}',
    '1:18: logging.level must be one of debug, info, warn, error, not "verbose".',
  ],
  [
    'logging: {file_path: logs/}',
    '1:22: logging.file_path must name a file, not a folder, not "logs/".',
  ],
  [
    `logging: {level: ${'v'.repeat(50)}}`,
    `1:18: logging.level must be one of debug, info, warn, error, not "${'v'.repeat(40)}…".`,
  ],
])('%s is refused with its place, key and remedy', (text, expected) => {
  expect(problemsOf(text)).toContain(`yeoul.yaml:${expected}`);
});

test.each([
  ['a: 1\na: 2', '2:1: this key is there twice. Remove one of them.'],
  ['server:\n\thost: x', '2:1: a tab. Indent with spaces.'],
  ['server: {}\n---\nserver: {}', '2:1: a second document begins here. Remove the line of dashes.'],
  [
    'streams: {a: {source: test:}}',
    '1:23: inside { } and [ ], a value with a colon needs quotes around it.',
  ],
  ['server: {host: "x}', '1:19: a quote, a bracket, a colon or a comma is missing.'],
  ['server: !mine {}', '1:9: tags (!name) are not supported. Remove it.'],
  ['"\\q": 1', '1:2: not valid YAML (BAD_DQ_ESCAPE).'],
  ['- 1', '1:1: must be a mapping: lines like "server:" with indented keys below.'],
  ['yes', '1:1: must be a mapping: lines like "server:" with indented keys below.'],
])('%j is refused as YAML with its place and remedy', (text, expected) => {
  expect(problemsOf(text)).toContain(`yeoul.yaml:${expected}`);
});

test('an alias without anchor, or a bomb of aliases, is refused', () => {
  const message =
    'yeoul.yaml: an alias (*name) without its anchor (&name), or more than 100 of them.';
  expect(problemsOf('a: *x')).toEqual([message]);
  const level = (name: string, of: string) => `${name}: &${name} [${`*${of},`.repeat(9)}]\n`;
  const bomb = `a: &a [1]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}`;
  expect(problemsOf(bomb)).toEqual([message]);
});

test('brackets without end are refused, not followed', () => {
  expect(problemsOf('['.repeat(100_000))[0]).toMatch(/too deeply nested/);
});

test('all problems come at once, but no more than 20', () => {
  expect(problemsOf('server: {a: 1, http_port: x}\nlogging: 5')).toHaveLength(3);
  const many = problemsOf(Array.from({ length: 30 }, (_, index) => `key${index}: 1`).join('\n'));
  expect(many).toHaveLength(21);
  expect(many[20]).toBe('… and 10 more problems.');
});

test.each([
  ['streams: {gate: {source: "rtsp:/admin:hunter2@10.0.0.7/1"}}', 'must be an address'],
  ['streams: {gate: {source: "rtsp://a:hunter2@h/", password: x}}', 'another user name'],
  ['access: {admin_secret: hunter2}', 'must be text of 16 to 256'],
  ['access: hunter2', 'must be a mapping'],
  ['streams: {gate: rtsp://admin:hunter2@10.0.0.7/1}', 'must be a mapping'],
  ['webrtc: {ice_servers: ["turn:user:hunter2@turn.example.org"]}', 'must be a mapping'],
  ['webrtc: {ice_servers: "hunter2"}', 'must be a list'],
  ['webrtc: {ice_servers: [{url: "turn:user:hunter2@turn.example.org"}]}', 'must look like'],
  ['webrtc: {ice_servers: [{url: "turn:t.example", credential: hunter2}]}', 'needs username'],
  ['webrtc: {ice_servers: [{url: "turn:t.example", credential: "hunter2 }]}', 'is missing'],
  ['webrtc:\n  ice_servers:\n    - credential: hunter2: x', 'needs quotes'],
])('no part of a password is quoted: %s', (text, expected) => {
  const message = problemsOf(text).join('\n');
  expect(message).toContain(expected);
  expect(message).not.toContain('hunter2');
});

test('the environment comes before the file', () => {
  const config = configOf('server: {http_port: 1}\nlogging: {level: warn}', {
    YEOUL_SERVER_HTTP_PORT: '9000',
    YEOUL_SERVER_PRODUCTION: 'true',
    YEOUL_WEBRTC_TCP: 'false',
    YEOUL_METRICS_PORT: 'null',
    YEOUL_WEBRTC_HOSTS: 'a.example, 203.0.113.5',
    YEOUL_WEBRTC_ICE_SERVERS: '[{"url":"stun:s.example"}]',
    YEOUL_STREAMS: '{"x":{"source":"test:"}}',
    YEOUL_LOGGING_LEVEL: '',
    HOME: '/anywhere',
  });
  expect(config.server).toMatchObject({ httpPort: 9000, production: true });
  expect(config.webrtc).toMatchObject({
    tcp: false,
    hosts: ['a.example', '203.0.113.5'],
    iceServers: [{ url: 'stun:s.example' }],
  });
  expect(config.streams.map(({ id }) => id)).toEqual(['x']);
  expect(config.logging.level).toBe('warn');
  expect(config.metrics.port).toBeNull();
});

test('a list in the environment may be JSON too', () => {
  expect(configOf('', { YEOUL_WEBRTC_HOSTS: '["a.example"]' }).webrtc.hosts).toEqual(['a.example']);
});

test('errors in the environment name the variable, and no password', () => {
  const environment = {
    YEOUL_SERVER_HTTP_PORT: 'x',
    YEOUL_SERVER_PRODUCTION: 'yes',
    YEOUL_STREAMS: '{"hunter2',
    YEOUL_WEBRTC_ICE_SERVERS: '["turn:a:hunter2@b"]',
  };
  const problems = problemsOf('', environment);
  expect(problems).toEqual([
    'YEOUL_STREAMS: must be valid JSON, like ["a", "b"] or {"gate": {"source": "test:"}}.',
    'YEOUL_SERVER_HTTP_PORT: server.http_port must be a whole number from 0 to 65535, not "x".',
    'YEOUL_SERVER_PRODUCTION: server.production must be true or false, not "yes".',
    'YEOUL_WEBRTC_ICE_SERVERS: webrtc.ice_servers[0] must be a mapping (indented "key: value" lines).',
  ]);
});

test('an override does not hide that its section is wrong', () => {
  expect(problemsOf('server: 5', { YEOUL_SERVER_HTTP_PORT: '1' })[0]).toMatch(
    /^yeoul\.yaml:1:9: server must be a mapping/,
  );
});

test('unknown variables are warnings with the nearest name, at most 20', () => {
  const { warnings } = readConfig('', 'yeoul.yaml', { YEOUL_SERVER_HTTP_PROT: '1' });
  expect(warnings).toEqual([
    'Environment variable YEOUL_SERVER_HTTP_PROT is not a setting and is ignored. Did you mean "YEOUL_SERVER_HTTP_PORT"?',
  ]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`YEOUL_PORT_${i}`, 'x']));
  expect(readConfig('', 'yeoul.yaml', many).warnings).toHaveLength(20);
});

const fullText = `server: {host: "::", http_port: 1, production: true}
metrics: {port: 2}
webrtc: {hosts: [a], ice_servers: [{url: "stun:s"}], max_peers: 5}
rtsp: {port: 3}
console: {device: "hw:XUSB", rtp_port: 5, max_listeners: 6, mdns_name: null}
cameras: {allow: [10.0.0.0/8]}
streams:
  gate: &gate
    source: rtsp://a:b@[fd00::7]:554/main
    sub: rtsp://a:b@[fd00::7]:554/sub
    open: demand
  door: *gate
access: {read: admin, admin_secret: correct-horse-battery}
logging: {level: debug, output: both, file_path: x.log, max_size: 1, max_backups: 0}
`;

function expectOnlyInputError(text: string): void {
  try {
    readConfig(text, 'yeoul.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
  }
}

test('any text gives a configuration or an InputError', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), expectOnlyInputError));
});

test('a damaged configuration gives a configuration or an InputError', () => {
  const position = fc.nat(fullText.length);
  fc.assert(
    fc.property(position, position, fc.string({ maxLength: 4 }), (from, to, inserted) => {
      expectOnlyInputError(fullText.slice(0, from) + inserted + fullText.slice(to));
    }),
    { numRuns: 500 },
  );
});

test('any environment gives a configuration or an InputError', () => {
  const name = fc.constantFrom(
    'YEOUL_STREAMS',
    'YEOUL_WEBRTC_HOSTS',
    'YEOUL_WEBRTC_ICE_SERVERS',
    'YEOUL_METRICS_PORT',
  );
  const value = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.dictionary(name, value), (environment) => {
      try {
        readConfig('', 'yeoul.yaml', environment);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});
