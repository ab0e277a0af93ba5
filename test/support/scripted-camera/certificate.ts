// A certificate signed by nobody but itself, as a camera has one, made by openssl.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'yeoul-certificate-'));
  try {
    const options = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
    const subject = ['-subj', '/CN=camera', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    await run('openssl', ['req', ...options.split(' '), ...subject, ...files], { cwd: folder });
    const [key, cert] = await Promise.all(
      ['key.pem', 'cert.pem'].map((file) => readFile(join(folder, file))),
    );
    return { key: key!, cert: cert! };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
