// The slider below the curve: it stands at the epoch that is shown, and leads to any that was seen.

const SLIDE = 200; // milliseconds from one move to the next while it plays: for each, a browser composes the whole page

class Slider {
  constructor(element, goTo) {
    this.element = element;
    this.moved = 0;
    element.oninput = () => goTo(Number(element.value));
  }

  move(epoch, end, isPlaying) {
    const now = performance.now();
    if (isPlaying && now - this.moved < SLIDE) return;
    this.moved = now;
    this.element.max = end;
    this.element.value = epoch;
  }
}
