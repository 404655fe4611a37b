// Where the frames come from: the server's route. Where that cannot be reached, Python is asked for the same bytes.

const SOON = 250; // milliseconds until a request that failed is made again, then twice as many, and so on
const TRIES = 3; // until Python is asked, and then the route again
const PATIENCE = 5000; // milliseconds to wait for Python

class Source {
  // `through(address)` asks Python; `say(sentence)` says what is waited for.
  constructor(through, say) {
    this.through = through;
    this.say = say;
    this.isCutOff = false; // there is no route
    this.awaited = new Map(); // addresses that Python was asked for, and who waits for them
  }

  // What is asked for of a run, see frames.py, as soon as it is there; an Error says what is wrong with it.
  async get(run, asked, signal) {
    const address = [run, new URLSearchParams(asked), `release=${RELEASE}`].filter(String).join("&");
    for (let failed = 0; ; failed++) {
      signal.throwIfAborted();
      const asksPython = this.isCutOff || failed % (TRIES + 1) === TRIES;
      const answer = await (asksPython ? this.askPython(address, signal) : this.fetch(address, signal));
      if (answer.bytes) return framesOf(await unpack(answer.bytes));
      if (answer.refused) throw new Error(answer.refused);
      if (answer.progress) {
        this.say(answer.progress);
        failed = -1;
      } else if (!asksPython) await new Promise((done) => setTimeout(done, SOON * 2 ** Math.min(failed, 3)));
    }
  }

  // One request to the route: its bytes, or why there are none. A host without the route answers with a page.
  async fetch(address, signal) {
    const [query, how] = address.length > LONG ? ["", { method: "POST", body: address }] : [`?${address}`, {}];
    try {
      const response = await fetch(new URL(`frames${query}`, document.baseURI), { ...how, signal });
      const kind = response.headers.get("content-type") ?? "";
      if (response.ok && kind.startsWith("application/octet-stream")) return { bytes: await response.arrayBuffer() };
      if (response.status === 202) return { progress: await response.text() };
      if ([413, 422].includes(response.status)) return { refused: await response.text() };
      this.isCutOff = response.status === 404 || response.ok;
    } catch (error) {
      if (signal.aborted) throw error;
    }
    return {};
  }

  // The same of Python, if it answers in time.
  askPython(address, signal) {
    return new Promise((resolve, reject) => {
      this.awaited.set(address, resolve);
      setTimeout(resolve, PATIENCE, {});
      signal.addEventListener("abort", () => reject(signal.reason));
      this.through(address);
    });
  }

  // What Python has answered.
  hear(answer) {
    const resolve = this.awaited.get(answer?.address);
    if (!resolve) return;
    this.awaited.delete(answer.address);
    const { payload, progress, refused } = answer;
    resolve({ bytes: payload && bytesOf(payload), progress, refused });
  }
}
