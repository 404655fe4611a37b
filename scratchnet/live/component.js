// The component that Streamlit mounts.

// Streamlit now and then takes a component away and has it back: at once in the same place, or soon in another one,
// when answers come while the page is drawn anew. The stage then goes on as it was. Where a link was followed, it has
// left the page.
const SOON = 5000; // milliseconds
let taken = null;

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.stage ??= taken ?? new Stage(parentElement.querySelector(".stage"));
  const { stage } = parentElement;
  clearTimeout(stage.leaving);
  taken = null;
  if (!parentElement.contains(stage.root)) parentElement.querySelector(".stage").replaceWith(stage.root);
  stage.receive(data, setTriggerValue);
  return () => {
    taken = stage.intent.leaves ? null : stage;
    stage.leaving = setTimeout(
      () => {
        stage.leave();
        if (taken === stage) taken = null;
        delete parentElement.stage;
      },
      taken ? SOON : 0,
    );
  };
}
