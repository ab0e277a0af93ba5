// The Debian packages that the tests need: says which are missing and, where it may, installs them.

import { spawnSync } from 'node:child_process';

const PACKAGES: Readonly<Record<string, string>> = {
  'alsa-utils': 'captures the console’s sound: arecord, here from a file',
  'avahi-daemon': 'finds the server by its name, as phones do',
  'avahi-utils': 'asks avahi-daemon',
  chromium: 'the browser that plays the streams, with H.264',
  coturn: 'the relay for a viewer that nothing else reaches',
  ffmpeg: 'decodes recorded streams to check them, and makes the test clip',
  'firefox-esr': 'the other browser',
  'fonts-noto-cjk': 'Korean letters in the browser',
  'gstreamer1.0-libav': 'decodes H.264, H.265 and AAC in GStreamer',
  'gstreamer1.0-plugins-bad': 'parses H.264 and H.265 in GStreamer',
  'gstreamer1.0-plugins-base': 'makes the picture and the Opus that GStreamer publishes',
  'gstreamer1.0-plugins-good': 'the RTSP client of GStreamer, a second opinion beside ffmpeg',
  'gstreamer1.0-plugins-ugly': 'encodes the H.264 that GStreamer publishes',
  'gstreamer1.0-rtsp': 'publishes by RTSP from GStreamer',
  'gstreamer1.0-tools': 'runs GStreamer',
  iproute2: 'networks with bad links for the tests: ip, tc and ss',
  'librsvg2-bin': 'draws the QR codes, to be read back',
  nftables: 'loses packets on such a link',
  tshark: 'sees what is really on the wire: RTP headers and DSCP',
  'zbar-tools': 'reads QR codes',
};

/** True if all are there in the end. */
function ensureDebianPackages(): boolean {
  if (run('dpkg-query', ['--version']) !== 0) {
    console.log(`Not Debian. The tests need: ${Object.keys(PACKAGES).join(', ')}.`);
    return true;
  }
  const missing = Object.keys(PACKAGES).filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  for (const name of missing) console.log(`Missing: ${name} (${PACKAGES[name]})`);
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const rights = administratorRights();
  if (!rights) {
    console.error(`Install them: sudo apt-get update && sudo apt-get ${install.join(' ')}`);
    return false;
  }
  const aptGet = (...words: string[]) =>
    runShown([...rights, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words]);
  return aptGet('update') === 0 && aptGet(...install) === 0;
}

function isInstalled(name: string): boolean {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation.
  const query = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return query.stdout === 'installed';
}

/** What to put before a command to run it as administrator; undefined if that needs a password. */
function administratorRights(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return run('sudo', ['-n', 'true']) === 0 ? ['sudo', '-n'] : undefined;
}

function run(file: string, words: string[]): number | null {
  return spawnSync(file, words, { stdio: 'ignore' }).status;
}

function runShown([file = '', ...words]: string[]): number | null {
  return spawnSync(file, words, { stdio: 'inherit' }).status;
}

if (import.meta.main) process.exitCode = ensureDebianPackages() ? 0 : 1;
