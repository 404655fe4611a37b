// What the visitor did last. A run that comes after Play was pressed, such as an example that was chosen just before,
// is then the one to be played.

const TOUCHES = ["pointerdown", "keydown", "popstate"]; // the last one: to go back in the history

class Intent {
  constructor() {
    this.play = false; // whether it was Play
    this.onTouch = () => (this.play = false);
    for (const name of TOUCHES) addEventListener(name, this.onTouch, true);
  }

  leave() {
    for (const name of TOUCHES) removeEventListener(name, this.onTouch, true);
  }
}
