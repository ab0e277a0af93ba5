// A real Chromium with a fresh profile, and pages of it that remember what went wrong in them.

import { type Browser, type BrowserServer, chromium, type Page } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

const FLAGS = [
  // Containers run as root, which Chromium's sandbox refuses.
  '--no-sandbox',
  '--disable-gpu',
  // Nothing but the pages under test may use processor or network.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
];

/** A camera and a microphone that play a test signal, and no question before they are used. */
const CAMERA_FLAGS = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

interface BrowserOptions {
  readonly camera?: boolean;
}

interface PageOptions {
  readonly locale?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A tab with cookies and storage of its own; closed at the end of its block. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, uncaught exceptions and violations of the content security policy. */
  readonly errors: string[];
}

export class TestBrowser {
  readonly #server: BrowserServer;
  readonly #browser: Browser;

  private constructor(server: BrowserServer, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async launch({ camera = false }: BrowserOptions = {}): Promise<TestBrowser> {
    const args = camera ? [...FLAGS, ...CAMERA_FLAGS] : FLAGS;
    const server = await chromium.launchServer({ executablePath: EXECUTABLE, args });
    return new TestBrowser(server, await chromium.connect(server.wsEndpoint()));
  }

  async openPage(options: PageOptions = {}): Promise<OpenPage> {
    const { locale = 'en-US', viewport = { width: 1280, height: 800 } } = options;
    const context = await this.#browser.newContext({ locale, viewport });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    return { page, errors, [Symbol.asyncDispose]: () => context.close() };
  }

  /** Ends all its processes at once: no page gets to say goodbye. */
  async kill(): Promise<void> {
    await this.#server.kill();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
