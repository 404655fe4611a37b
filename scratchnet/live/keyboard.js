// The keys of the stage, and where a key means something else.

// Where a key already means something, it does nothing here.
const WRITTEN = "input:read-write, select, textarea, [role=combobox], [contenteditable]";
const PRESSED = "button, a, [type=checkbox], [role=radio]";
const MOVED = "[type=range], [role=slider], [role=radio], [role=menuitem]";

const DIALOG = "[data-testid=stDialog]"; // of the page, over the stage

// For Streamlit, R is to run the page again: a dialog would close for a while, and the next key be for the stage.
function keepFromStreamlit(event) {
  const letter = /^[a-z]$/i.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (letter && document.querySelector(DIALOG) && !event.composedPath()[0].closest?.(WRITTEN)) event.stopPropagation();
}

class Keyboard {
  // `acts()` gives what each key does now: a function of 1, or with Shift of 10.
  constructor(acts) {
    this.acts = acts;
    this.onKey = (event) => this.press(event);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("keydown", keepFromStreamlit, true);
  }

  press(event) {
    const on = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !on.closest) return;
    if (on.closest(WRITTEN) || document.querySelector(DIALOG)) return;
    if (event.key === " " && on.closest(PRESSED)) return;
    if (event.key.startsWith("Arrow") && on.closest(MOVED)) return;
    const act = this.acts()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey ? 10 : 1);
  }

  leave() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("keydown", keepFromStreamlit, true);
  }
}
