// The component that Streamlit mounts.

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  clearTimeout(parentElement.leaving);
  parentElement.stage ??= new Stage(parentElement);
  parentElement.stage.receive(data, setTriggerValue);
  // Streamlit now and then takes a component away and has it back at once: what plays goes on.
  return () => {
    parentElement.leaving = setTimeout(() => {
      parentElement.stage?.leave();
      delete parentElement.stage;
    });
  };
}
