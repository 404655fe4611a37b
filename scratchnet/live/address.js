// The address of the page: at which epoch the run is, and how it is displayed.

// What is displayed is chosen here alone, and stands in the address; it never touches the run.
const BOXES = { test_points: ".test-points", discrete: ".discrete", log: ".log input" };

const LONG = 6000; // characters of points, from which on the page has no address of its run, see texts.py
const LOCAL = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]; // names of the computer itself

const FOLLOW = 1000; // milliseconds from one address of a run that plays to the next

class Address {
  // The boxes and the speed are as the address says; `change` is called when a box is ticked.
  constructor(root, change) {
    this.boxes = {};
    this.followed = 0;
    const asked = new URLSearchParams(location.search);
    this.speed = root.querySelector(".speed select");
    this.usualSpeed = this.speed.value;
    if ([...this.speed.options].some(({ value }) => value === asked.get("speed"))) this.speed.value = asked.get("speed");
    for (const [name, selector] of Object.entries(BOXES)) {
      const box = (this.boxes[name] = root.querySelector(selector));
      const text = asked.get(name);
      if (text === "0" || text === "1") box.checked = text === "1";
      box.onchange = change;
    }
  }

  // The place in the address, if the run has it and shows another one. Streamlit knows nothing of an epoch that was
  // written here, so a server that was started anew begins without.
  place({ updates }, epochs, { epoch, update }) {
    const asked = new URLSearchParams(location.search);
    const [to, into] = ["epoch", "update"].map((name) => Number(asked.get(name) ?? 0));
    const isThere = [to, into].every(Number.isInteger) && to >= 0 && to <= epochs && into >= 0 && into < updates;
    return isThere && (to !== epoch || into !== update) ? { epoch: to, update: into } : null;
  }

  // Whether each box is ticked, by its name.
  get chosen() {
    return Object.fromEntries(Object.entries(this.boxes).map(([name, box]) => [name, box.checked]));
  }

  // Have the address be that of the frame. It is replaced, so that the browser's Back button goes from run to
  // run and not from step to step.
  follow(place) {
    const address = this.at(place);
    if (address.href === location.href) return;
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // A file, or a frame without an address of its own, keeps the one that it has.
    }
  }

  // The same now and then, while it plays: a reload then goes on from about there.
  keepUp(place, now) {
    if (now - this.followed < FOLLOW) return;
    this.followed = now;
    this.follow(place);
  }

  // Without a place, the one that stands there stays.
  at(place) {
    const address = new URL(location);
    const texts = { ...(place && { epoch: place.epoch, update: place.update }) };
    texts.speed = this.speed.value === this.usualSpeed ? "" : this.speed.value;
    for (const [name, { checked, defaultChecked }] of Object.entries(this.boxes)) {
      texts[name] = checked === defaultChecked ? "" : String(Number(checked));
    }
    for (const [name, text] of Object.entries(texts)) {
      if (text) address.searchParams.set(name, text);
      else address.searchParams.delete(name);
    }
    return address;
  }

  // Copy the address of this run at this epoch. Whoever opens it is told by the fingerprint whether it is the
  // same run, see run/address.py. `say` tells that it is done.
  async copy(button, shown, version, say) {
    const address = this.at(shown);
    address.searchParams.set("fingerprint", shown.fingerprint);
    address.searchParams.set("version", version);
    const { href } = address;
    const copied = await navigator.clipboard?.writeText(href).then(() => true, () => false);
    if (!copied && !copiedFrom(href)) return prompt("Copy the link to this run:", href);
    const only = LOCAL.includes(address.hostname) ? " It opens on this computer only." : "";
    say(`Copied: the link to this run at this epoch.${only}`);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1500);
  }
}

// Whether a text could be copied from a field: without https, a browser has no clipboard for scripts.
function copiedFrom(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
