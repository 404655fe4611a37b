// What Streamlit sends with every answer: it fetches the code of the stage, once, and keeps it.

let release = null;
let code = null;

// The code from its route; where that cannot be reached, Python sends it.
function load({ data, setTriggerValue }) {
  const route = new URL(`stage.js?release=${data.release}`, document.baseURI);
  return import(route).catch(
    () =>
      new Promise((resolve) => {
        load.hear = (text) => resolve(import(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))));
        setTriggerValue("code", true);
      }),
  );
}

export default function (component) {
  const { data, parentElement } = component;
  if (release && release !== data.release) location.reload(); // the server has another release now
  release = data.release;
  code ??= load(component);
  if (data.code) load.hear?.(data.code);
  parentElement.component = component;
  const isLast = () => parentElement.component === component;
  code.then(({ mount }) => isLast() && mount(component));
  return () => {
    parentElement.component = null;
    code.then(({ unmount }) => parentElement.stage && unmount(parentElement));
  };
}
