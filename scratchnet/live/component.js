// How the stage, or the comparison of runs, is put on a page: by the loader in Streamlit's page, see loader.js.

// Streamlit now and then takes a component away and has it back: at once in the same place, or soon in another one,
// when answers come while the page is drawn anew. The stage then goes on as it was. Where a link was followed, it has
// left the page.
const SOON_BACK = 5000; // milliseconds
let taken = null;

// What Python calls each: its HTML, and what brings that to life.
const VIEWS = { stage: [STAGE, Stage], comparison: [COMPARISON, Comparison] };

export function mount({ data, parentElement, setTriggerValue }) {
  const room = parentElement.querySelector(".room");
  const [html, View] = VIEWS[data.view];
  const isBack = taken instanceof View;
  parentElement.stage ??= isBack ? taken : new View(stageIn(room, html), (...ways) => new Source(...ways));
  const { stage } = parentElement;
  clearTimeout(stage.leaving);
  taken = null;
  if (!room.contains(stage.root)) room.replaceChildren(styled(), stage.root);
  stage.receive(data, setTriggerValue);
}

export function unmount(parentElement) {
  const { stage } = parentElement;
  taken = stage.intent.leaves ? null : stage;
  const leave = () => {
    stage.leave();
    if (taken === stage) taken = null;
    delete parentElement.stage;
  };
  stage.leaving = setTimeout(leave, taken ? SOON_BACK : 0);
}

// A new stage in an element.
function stageIn(room, html) {
  room.innerHTML = html;
  room.prepend(styled());
  return room.querySelector(".stage");
}

function styled() {
  const style = document.createElement("style");
  style.textContent = CSS;
  return style;
}
