/** Scales the recorded viewport to the frame it is shown in, and keeps it in the middle. */
export function fit(frame: HTMLIFrameElement): {
  size(width: number, height: number): void;
  to(wrapper: HTMLElement | null): void;
  destroy(): void;
} {
  let wrapper: HTMLElement | null = null;
  let width = 0;
  let height = 0;
  const place = () => {
    if (!wrapper || !width || !height) return;
    const scale = Math.min(frame.clientWidth / width, frame.clientHeight / height, 1) || 1;
    const { style } = wrapper;
    style.position = "absolute";
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transformOrigin = "0 0";
    style.transform = `scale(${scale})`;
    style.left = `${Math.max(0, (frame.clientWidth - width * scale) / 2)}px`;
    style.top = `${Math.max(0, (frame.clientHeight - height * scale) / 2)}px`;
  };
  const observer = new ResizeObserver(place);
  observer.observe(frame);
  return {
    size(w, h) {
      width = w;
      height = h;
      place();
    },
    to(next) {
      wrapper = next;
      place();
    },
    destroy: () => observer.disconnect(),
  };
}
