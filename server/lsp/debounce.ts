/** Runs `work` once after calls have stopped for a while: files change in swarms. */
export function debounced(milliseconds: number, work: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
    timer.unref();
  };
}
