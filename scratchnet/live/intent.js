// What the visitor did last. A run that comes after Play was pressed, such as an example that was chosen just before,
// is then the one to be played. Where a link was followed, another page may come, and the stage asks for nothing any
// more: of a request that comes while Python begins another page, Streamlit makes an empty one.

const TOUCHES = ["pointerdown", "keydown", "popstate"]; // the last one: to go back in the history

class Intent {
  constructor() {
    this.play = false; // whether it was Play
    this.leaves = false; // whether it was a link, and nothing has come from Python since
    this.onTouch = ({ type }) => {
      this.play = false;
      if (type === "popstate") this.leaves = true;
    };
    this.onClick = (event) => {
      if (event.composedPath().some(isPageLink)) this.leaves = true;
    };
    for (const name of TOUCHES) addEventListener(name, this.onTouch, true);
    addEventListener("click", this.onClick, true);
  }

  leave() {
    for (const name of TOUCHES) removeEventListener(name, this.onTouch, true);
    removeEventListener("click", this.onClick, true);
  }
}

// Whether an element is a link to another page of this site.
function isPageLink({ host, pathname, download, target }) {
  return host === location.host && pathname !== location.pathname && !download && !target;
}
