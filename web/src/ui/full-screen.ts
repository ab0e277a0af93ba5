// Full screen for a picture, on all kinds of devices.

/** iPhones enlarge only video elements. */
export async function toggleFullScreen(
  host: HTMLElement | null,
  video: HTMLVideoElement | undefined,
): Promise<void> {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return;
  }
  const phoneVideo = video as (HTMLVideoElement & { webkitEnterFullscreen?(): void }) | undefined;
  if (host?.requestFullscreen) await host.requestFullscreen().catch(() => undefined);
  else phoneVideo?.webkitEnterFullscreen?.();
}
