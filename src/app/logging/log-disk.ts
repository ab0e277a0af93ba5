// The few things a rolling log does with a disk, so that tests can make the disk fail.

import { mkdir, open, readdir, rm } from 'node:fs/promises';

export interface LogFile {
  /** When it was opened. */
  readonly sizeBytes: number;
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface LogDisk {
  /** Opens for appending; creates file and folder. */
  open(path: string, folder: string): Promise<LogFile>;
  list(folder: string): Promise<string[]>;
  remove(path: string): Promise<void>;
}

export const nodeDisk: LogDisk = {
  async open(path, folder) {
    await mkdir(folder, { recursive: true });
    const handle = await open(path, 'a');
    return {
      sizeBytes: (await handle.stat()).size,
      append: (bytes) => handle.appendFile(bytes),
      close: () => handle.close(),
    };
  },
  list: (folder) => readdir(folder),
  remove: (path) => rm(path, { force: true }),
};
