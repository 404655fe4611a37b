// A recording: the frames are in the page, and nobody is there to change the run. The stage plays them as any others.

// Where the frames come from, see source.js: those of one payload, which are unpacked already.
class Recorded {
  constructor({ header, frames, costs }) {
    Object.assign(this, { header, frames, costs });
  }

  hear() {}

  // What is asked for of the run, see frames.py. The costs of all epochs come with all of it.
  async get(run, { from, speed = 1, count = 1, all }) {
    const asked = Array.from({ length: count }, (_, k) => this.at(from + k * speed));
    const frames = [...new Set(asked)];
    const ends = frames.at(-1) === this.frames.at(-1);
    const header = { ...this.header, ends, ended: ends ? this.header.ended : null };
    return { header, frames, costs: all ? this.costs : { train: [], test: [] } };
  }

  // The frame of an epoch; of one that is not recorded, the next that is.
  at(epoch) {
    const { frames, header } = this;
    return frames[Math.min(Math.ceil(epoch / header.about.every), frames.length - 1)];
  }
}

// Python's part, see ui/visit.py: say which run there is, hear what was done, and begin the run again for Reset, and
// for Play at its end.
function beginOn(stage, run) {
  let told = { run, visit: 0, at: { epoch: 0, update: 0 }, opened: true, more: 0, rate: null, heard: 0, answer: null };
  const tell = () => stage.receive(told, hear);
  const hear = (_, { acts }) => {
    if (!acts.length) return;
    const begins = acts.some((act) => ["restart", "more"].includes(act.do));
    told = { ...told, heard: acts.at(-1).n, visit: told.visit + Number(begins), opened: false };
    setTimeout(tell);
  };
  tell();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}

const { textContent, dataset } = document.querySelector("#frames");
const recorded = new Recorded(framesOf(await unpack(bytesOf(textContent))));
const { about } = recorded.header;
// At a speed below, the same frames would be shown.
for (const option of document.querySelectorAll(".speed option")) if (option.value < about.every) option.remove();
beginOn(new Stage(document.querySelector(".stage"), () => recorded), dataset.run);
