// Time counted in display frames. Stamps are those that the browser gives an animation frame: its clock, not light.

/** Refresh rates of displays; jnd.study.frames has the same, and a test compares them. */
export const NOMINAL_RATES = [50, 60, 75, 90, 100, 120, 144, 165, 240];

/** A gap longer than so many periods has lost a frame. */
export const DROPPED = 1.5;

const LOGGED = 400;

export function nominalRate(hz) {
  return NOMINAL_RATES.reduce((best, rate) => (Math.abs(rate - hz) < Math.abs(best - hz) ? rate : best));
}

/** Whole frames nearest to a time, at least one; halves go up. From the nominal rate: 60 Hz measures as 59.88. */
export function framesOf(ms, hz) {
  return Math.max(1, Math.floor((ms * hz) / 1000 + 0.5));
}

export const median = (values) => quantile(values, 0.5);

/** The q-quantile, between neighbours in proportion. */
export function quantile(values, q) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

const round = (value, digits = 3) => (value === null || value === undefined ? null : Number(value.toFixed(digits)));

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Let so many frames pass; gives the last stamp. */
export async function frames(count) {
  let stamp = performance.now();
  for (let index = 0; index < count; index += 1) stamp = await nextFrame();
  return stamp;
}

/**
 * Refresh rate from animation-frame gaps: the mean of those near their median, so that a dropped frame does not count.
 * Measured again, at most three times in all, while one gap in ten or more is a dropped frame.
 */
export async function measureRefresh(count = 60) {
  let best = null;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const gaps = [];
    let before = await frames(2);
    while (gaps.length < count) {
      const stamp = await nextFrame();
      gaps.push(stamp - before);
      before = stamp;
    }
    const middle = median(gaps);
    const near = gaps.filter((gap) => Math.abs(gap - middle) < 0.2 * middle);
    const period = near.reduce((sum, gap) => sum + gap, 0) / near.length;
    const lost = gaps.filter((gap) => gap > DROPPED * period).length;
    const hz = 1000 / period;
    const nominal = nominalRate(hz);
    const found = {
      hz: round(hz),
      period,
      nominal,
      dropped: lost,
      gaps: gaps.map((gap) => round(gap, 2)),
      agrees: Math.abs(hz - nominal) <= 0.05 * nominal,
    };
    if (!best || found.dropped < best.dropped) best = found;
    if (best.dropped < count / 10 && best.agrees) break;
  }
  return best;
}

/**
 * Counts the frames of a trial and logs what happened in them.
 *
 * The index of a frame is the sum of its gaps in whole periods, so that a dropped frame shortens a phase and never shifts
 * those after it. (The sum of rounded gaps, not the rounded sum: an error of the measured period of 0.1 % would else move the
 * schedule by a frame within 10 s.)
 */
export class FrameClock {
  /** @param {{period: number, hz: number, nominal: number}} refresh */
  constructor(refresh) {
    this.refresh = refresh;
    this.running = false;
    this.index = 0;
    this.first = null;
    this.last = null;
    this.seen = 0;
    this.dropped = 0;
    this.drops = [];
    this.swaps = [];
    this.longTasks = 0;
    this.visibilityLost = 0;
    // Sums for the straight line through (index, stamp), which is the display's own grid of frames.
    this.sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
  }

  /** @param {(index: number, stamp: number) => void} onFrame called once per display frame */
  start(onFrame) {
    this.running = true;
    const supported = globalThis.PerformanceObserver?.supportedEntryTypes?.includes("longtask");
    this.observer = supported ? new PerformanceObserver((list) => (this.longTasks += list.getEntries().length)) : null;
    this.observer?.observe({ type: "longtask" });
    const step = (stamp) => {
      if (!this.running) return;
      this.#count(stamp);
      onFrame(this.index, stamp);
      if (this.running) this.request = requestAnimationFrame(step);
    };
    this.request = requestAnimationFrame(step);
  }

  stop() {
    this.running = false;
    cancelAnimationFrame(this.request);
    for (const _ of this.observer?.takeRecords() ?? []) this.longTasks += 1;
    this.observer?.disconnect();
  }

  #count(stamp) {
    if (this.first === null) this.first = stamp;
    else {
      const passed = Math.round((stamp - this.last) / this.refresh.period);
      this.index += passed;
      if (stamp - this.last > DROPPED * this.refresh.period) {
        this.dropped += passed - 1;
        if (this.drops.length < LOGGED) this.drops.push([this.index, passed - 1]);
      }
    }
    this.last = stamp;
    this.seen += 1;
    const x = this.index;
    const y = stamp - this.first;
    const sums = this.sums;
    sums.n += 1;
    sums.x += x;
    sums.y += y;
    sums.xx += x * x;
    sums.xy += x * y;
  }

  /** The picture was changed in this frame; it was due in frame `due`. */
  swapped(due, stamp) {
    this.swaps.push([this.index, due, stamp - this.first]);
  }

  /** The grid of frames: stamp of frame 0 and period, by least squares through all stamps of the trial. */
  grid() {
    const { n, x, y, xx, xy } = this.sums;
    const spread = n * xx - x * x;
    if (n < 3 || spread === 0) return { start: 0, period: this.refresh.period };
    const period = (n * xy - x * y) / spread;
    return { start: (y - period * x) / n, period };
  }

  /** The trial's timing, as it is stored with its answer. */
  report(phaseFrames = null) {
    const grid = this.grid();
    const log = this.swaps.map(([index, due, stamp]) => [index, grid.start + due * grid.period, stamp]);
    const errors = log.map(([, due, stamp]) => Math.abs(stamp - due));
    const gaps = log.slice(1).map(([, , stamp], place) => stamp - log[place][2]);
    const phases = phaseFrames && this.swaps.length > 1 ? (this.swaps.at(-1)[1] - this.swaps[0][1]) / phaseFrames : 0;
    return {
      refresh_hz: this.refresh.hz,
      nominal_hz: this.refresh.nominal,
      frames_per_phase: phaseFrames,
      phase_ms_nominal: phaseFrames && round((1000 * phaseFrames) / this.refresh.nominal),
      phase_ms_real: phases ? round((log.at(-1)[2] - log[0][2]) / phases) : null,
      swaps: this.swaps.length,
      gap_mean_ms: gaps.length ? round(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length) : null,
      gap_min_ms: gaps.length ? round(Math.min(...gaps)) : null,
      gap_max_ms: gaps.length ? round(Math.max(...gaps)) : null,
      frames: this.seen,
      frames_dropped: this.dropped,
      drops: this.drops,
      long_tasks: this.longTasks,
      visibility_lost: this.visibilityLost,
      first_frame_ms: round(this.first ?? 0),
      swap_error_median_ms: round(quantile(errors, 0.5)),
      swap_error_p99_ms: round(quantile(errors, 0.99)),
      swap_log: log.slice(0, LOGGED).map(([index, due, stamp]) => [index, round(due), round(stamp)]),
    };
  }
}
