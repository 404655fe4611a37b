// The requests to Python: one at a time. A request names the epoch it goes on from, so it may be asked again at
// any time.

const PATIENCE = 2500; // milliseconds until a request is asked again: a cut connection loses it

// What changes the run is waited for: another request would take its place before it is heard.
const AWAITED = ["set", "restart"];

class Requests {
  // `waiting` is the request that is not answered yet, with its number; `later` is the one to follow it.
  // `send(request, ask)` sends the request of that number.
  constructor(send) {
    this.send = send;
    this.asked = 0;
    this.waiting = this.later = null;
  }

  ask(request, patience = PATIENCE) {
    if (AWAITED.includes(this.waiting?.request.do) && this.waiting.request !== request) {
      this.later = request;
      return;
    }
    clearTimeout(this.retry);
    this.waiting = { ask: ++this.asked, request };
    this.retry = setTimeout(() => this.ask(request, 2 * patience), patience);
    this.send(request, this.asked);
  }

  // The answer has come, or is not wanted any more. Gives the request that is to follow.
  heard() {
    clearTimeout(this.retry);
    this.waiting = null;
    const { later } = this;
    this.later = null;
    return later;
  }
}
