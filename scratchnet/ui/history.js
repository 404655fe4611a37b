// The entries of the browser's history: Back goes from page to page and from run to run, not from step to step.
//
// Streamlit makes an entry of every address that Python writes, and opens a page with an empty one. So one
// click would make two entries, and each step of a run another.

// `passing` are the names in an address that are not of the run. Of those, `place` are the epoch and the update,
// and `stage` are kept by the stage, with the texts that each may have.
function keepEntries({ passing, place, stage }) {
  if (Object.hasOwn(history, "pushState")) return; // once for a document
  const run = ({ searchParams }) => {
    const texts = [...searchParams].filter(([name]) => !passing.includes(name));
    return texts.map((pair) => pair.join("=")).sort().join("&");
  };
  history.pushState = (state, title, url) => {
    const [here, next] = [new URL(location), new URL(url, location)];
    const take = (name) => {
      if (here.searchParams.has(name)) next.searchParams.set(name, here.searchParams.get(name));
      else next.searchParams.delete(name);
    };
    if (!run(next)) next.search = here.search; // a page that will get the run
    const isRun = run(here) === run(next);
    if (isRun && !place.some((name) => next.searchParams.has(name))) place.forEach(take);
    for (const [name, texts] of Object.entries(stage)) {
      if (texts.includes(here.searchParams.get(name))) take(name);
      else next.searchParams.delete(name);
    }
    const isSame = here.pathname === next.pathname && (isRun || !run(here));
    History.prototype[isSame ? "replaceState" : "pushState"].call(history, state, title, next);
  };
}
