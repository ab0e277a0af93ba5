// How the element for other people's pages is built: one script, web/dist/player.js, that needs no other
// and runs as a module or as a plain script.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    sourcemap: true,
    lib: {
      entry: 'src/element/yeoul-player.ts',
      formats: ['iife'],
      name: 'YeoulPlayer',
      fileName: () => 'player.js',
    },
  },
});
