// The pace of the picture. Where frames come too late, the server is busy, and fewer are asked for: every second one,
// every fourth one, and then on a coarser grid. The epochs go by as fast as before.

const FRAMES_A_SECOND = 30;
const FRAMES_A_CHUNK = 24;
const SECONDS_A_CHUNK = 0.25; // of training, at most, on a plain machine
const LEVELS = [
  { stride: 1, side: 100, said: "" },
  { stride: 2, side: 100, said: " The server is busy or far away: every second frame is shown." },
  { stride: 4, side: 100, said: " The server is busy or far away: every fourth frame is shown." },
  { stride: 4, side: 50, said: " The server is busy or far away: every fourth frame is shown, on a coarser grid." },
];
const LATE = 2; // so many chunks in a row that come too late make the picture thinner,
const IN_TIME = 8; // and so many in time make it denser again
const CHEAP = 0.002; // seconds of training to a frame: where it takes more, fewer frames would help little

class Pace {
  constructor() {
    this.level = this.late = this.inTime = 0;
  }

  get now() {
    return LEVELS[this.level];
  }

  // Milliseconds from one frame to the next.
  get pause() {
    return (1000 * this.now.stride) / FRAMES_A_SECOND;
  }

  // What to ask for: the frames after an epoch, up to the end of their chunk. The chunks of a run are the same for all
  // who watch it.
  chunk(epoch, epochsAFrame, { secondsAnEpoch }) {
    const { stride, side } = this.now;
    const speed = epochsAFrame * stride;
    const most = Math.floor(SECONDS_A_CHUNK / (speed * secondsAnEpoch));
    const length = Math.max(1, Math.min(most, FRAMES_A_CHUNK));
    const done = Math.floor(epoch / speed);
    return { from: (done + 1) * speed, speed, count: length - (done % length), side };
  }

  // A chunk has come while the picture moved: was it late? `training` is what a frame takes of it, in seconds.
  note(isLate, training) {
    this.late = isLate ? this.late + 1 : 0;
    this.inTime = isLate ? 0 : this.inTime + 1;
    const change = this.late >= LATE && training < CHEAP ? 1 : this.inTime >= IN_TIME ? -1 : 0;
    const level = Math.max(0, Math.min(this.level + change, LEVELS.length - 1));
    if (change) this.late = this.inTime = 0;
    this.level = level;
  }
}
