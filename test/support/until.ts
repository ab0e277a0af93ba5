// Waiting for something real - a socket, a browser - with a limit instead of a sleep.

const POLL_MS = 5;

export async function until(
  condition: () => boolean | Promise<boolean>,
  options: { what: string; withinMs?: number },
): Promise<void> {
  const endMs = performance.now() + (options.withinMs ?? 10_000);
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${options.what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
