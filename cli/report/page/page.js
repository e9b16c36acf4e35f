// Draws the charts of report.html in the browser. The page's tables need no script; uPlot is loaded before this one.
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const HEIGHT = 240;
  const charts = [];

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const signed = (ms) => (ms === null || ms === undefined ? "–" : `${ms > 0 ? "+" : ""}${Number(ms.toFixed(2))} ms`);
  const clock = (seconds, withDate) => {
    const text = new Date(seconds * 1000).toISOString();
    return withDate ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : text.slice(11, 19);
  };
  const percent = (q) => `p${Number((q * 100).toFixed(4))}`;

  /** The tooltip that follows the cursor of a chart, also if keys move it. */
  function tooltip(textAt) {
    const tip = document.createElement("div");
    tip.className = "tip";
    return {
      hooks: {
        init: (u) => {
          u.over.append(tip);
          u.over.addEventListener("mouseleave", () => {
            tip.style.display = "none";
          });
        },
        setCursor: (u) => {
          const { idx, left } = u.cursor;
          const text = idx === null || idx === undefined || left < 0 ? "" : textAt(idx);
          tip.style.display = text ? "block" : "none";
          if (!text) return;
          tip.textContent = text;
          const width = u.over.clientWidth;
          const x = u.valToPos(u.data[0][idx], "x");
          tip.style.left = `${Math.max(0, Math.min(x + 12, width - tip.offsetWidth))}px`;
          if (x + 12 + tip.offsetWidth > width) tip.style.left = `${Math.max(0, x - tip.offsetWidth - 12)}px`;
          tip.style.top = "8px";
        },
      },
    };
  }

  /** Left and right arrows move the cursor from value to value. */
  function keys(element, count, moveTo) {
    let at = -1;
    element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at = Math.max(0, Math.min(count - 1, at + step));
      moveTo(at);
    });
  }

  function axis(label, values, more = {}) {
    const font = "12px system-ui, sans-serif";
    const lines = { stroke: colour("grid"), width: 1 };
    return {
      label,
      labelFont: font,
      font,
      stroke: colour("soft"),
      grid: lines,
      ticks: lines,
      labelSize: 18,
      values,
      ...more,
    };
  }

  const msAxis = (label) =>
    axis(label, (_, splits) => splits.map((ms) => `${Number(ms.toFixed(2))}`), { size: 54, labelGap: 2 });

  const timeAxis = (from, to) =>
    axis("UTC", (_, splits) => splits.map((at) => (to - from > 86_400 ? clock(at, true).slice(5, 16) : clock(at))), {
      space: 76,
      size: 34,
    });

  /** Draws one chart, and again when the theme or the width changes. */
  function draw(element, make) {
    charts.push(() => {
      element.replaceChildren();
      const { data, options, textAt } = make();
      const chart = new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          padding: [10, 28, 0, 0],
          legend: { show: false },
          ...options,
          cursor: { drag: { x: false, y: false }, points: { size: 7 }, ...options.cursor },
          plugins: [tooltip(textAt), ...(options.plugins ?? [])],
        },
        data,
        element,
      );
      element.moveTo = (at) =>
        chart.setCursor({ left: chart.valToPos(data[0][at], "x"), top: chart.over.clientHeight / 2 });
      element.dataset.points = String(data[0].length);
    });
    const count = make().data[0].length;
    keys(element, count, (at) => element.moveTo(at));
  }

  /** Marks of ticks along the upper edge: a cross, a triangle, a disc. */
  function marks(ticks) {
    const paint = {
      missed: (context, x, y, r) => {
        context.lineWidth = r / 2;
        context.beginPath();
        context.moveTo(x - r, y - r);
        context.lineTo(x + r, y + r);
        context.moveTo(x + r, y - r);
        context.lineTo(x - r, y + r);
        context.stroke();
      },
      late: (context, x, y, r) => {
        context.beginPath();
        context.moveTo(x, y - r);
        context.lineTo(x + r, y + r);
        context.lineTo(x - r, y + r);
        context.fill();
      },
      duplicate: (context, x, y, r) => {
        context.beginPath();
        context.arc(x, y, r, 0, 2 * Math.PI);
        context.fill();
      },
    };
    return {
      hooks: {
        draw: (u) => {
          const r = 4 * devicePixelRatio;
          for (const { kind, at } of ticks) {
            u.ctx.save();
            u.ctx.fillStyle = colour(kind);
            u.ctx.strokeStyle = colour(kind);
            paint[kind](u.ctx, u.valToPos(at, "x", true), u.bbox.top + 2 * r, r);
            u.ctx.restore();
          }
        },
      },
    };
  }

  function delayChart(element, schedule) {
    const { at, min, mean, max, ticksPerPoint } = schedule.charts.delay;
    const seconds = at.map((ms) => ms / 1000);
    const seconds0 = Date.parse(schedule.span.from) / 1000;
    const seconds1 = Date.parse(schedule.span.to) / 1000;
    const marked = [
      ...schedule.missed.first.map(({ expectedAt }) => ({ kind: "missed", at: Date.parse(expectedAt) / 1000 })),
      ...schedule.late.first.map((tick) => ({ kind: "late", at: Date.parse(tick.at) / 1000 })),
      ...schedule.duplicates.map((tick) => ({ kind: "duplicate", at: Date.parse(tick.at) / 1000 })),
    ];
    const grouped = ticksPerPoint > 1;
    draw(element, () => ({
      data: grouped ? [seconds, mean, min, max] : [seconds, mean],
      textAt: (k) =>
        mean[k] === null
          ? `${clock(seconds[k], true)}\nnot dispatched`
          : grouped
            ? `${clock(seconds[k], true)}, ${ticksPerPoint} ticks\nmean ${signed(mean[k])}\nfrom ${signed(min[k])} to ${signed(max[k])}`
            : `${clock(seconds[k], true)}\n${signed(mean[k])}`,
      options: {
        scales: {
          x: { time: true, range: [seconds0, seconds1] },
          y: { range: (_, low, high) => uPlot.rangeNum(Math.min(0, low ?? 0), Math.max(1, high ?? 1), 0.12, true) },
        },
        axes: [timeAxis(seconds0, seconds1), msAxis("delay, ms")],
        series: [
          {},
          { stroke: colour("series-1"), width: 1.5, spanGaps: false, points: { show: at.length <= 200, size: 5 } },
          ...(grouped
            ? [{ stroke: "transparent" }, { stroke: "transparent" }].map((s) => ({ ...s, points: { show: false } }))
            : []),
        ],
        bands: grouped ? [{ series: [3, 2], fill: colour("band") }] : [],
        plugins: [marks(marked)],
      },
    }));
  }

  function histogramChart(element, schedule, which) {
    const { bins, binMs } = schedule.charts[which].histogram;
    // A tail's bin is drawn beside the others, as wide as they are.
    const middle = bins.find(({ from, to }) => to - from === binMs) ?? bins[0];
    const first = bins.indexOf(middle);
    const isTail = ({ from, to }) => to - from !== binMs;
    const x = bins.map((bin, k) => {
      const place = middle.from + (k - first) * binMs + binMs / 2;
      return isTail(bin) ? place + (k < first ? -binMs : binMs) : place;
    });
    const low = middle.from;
    const high = Math.max(...bins.filter((bin) => !isTail(bin)).map(({ to }) => to));
    const total = bins.reduce((sum, { count }) => sum + count, 0);
    draw(element, () => ({
      data: [x, bins.map(({ count }) => count)],
      textAt: (k) =>
        `${bins[k].from} to under ${bins[k].to} ms\n${bins[k].count} ticks, ${((100 * bins[k].count) / total).toFixed(2)} %`,
      options: {
        scales: {
          x: { time: false, range: [x[0] - binMs, x[x.length - 1] + binMs] },
          y: { range: (_, __, high) => [0, Math.max(1, high) * 1.05] },
        },
        axes: [
          axis("skew, ms", (_, splits) => splits.map((ms) => (ms >= low && ms <= high ? String(ms) : "")), {
            size: 34,
          }),
          axis("ticks", (_, splits) => splits.map((n) => (Number.isInteger(n) ? n.toLocaleString("en") : "")), {
            size: 66,
          }),
        ],
        series: [
          {},
          {
            stroke: colour(which === "startSkew" ? "series-2" : "series-1"),
            fill: colour(which === "startSkew" ? "series-2" : "series-1"),
            width: 0,
            paths: uPlot.paths.bars({ size: [0.85, 60] }),
            points: { show: false },
          },
        ],
      },
    }));
  }

  /** Quantiles on an axis that has the same width for 99 to 99.9 % as for 0 to 90 %. */
  const tailed = (q, count) => -Math.log10(q === 1 ? 1 / (2 * Math.max(1, count)) : 1 - q);

  function curveChart(element, lines) {
    const shapes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
    // All lines on the quantiles of the one that has the most, which are those of the others and more.
    const xs = [...new Set(lines.flatMap(({ curve, count }) => curve.quantile.map((q) => tailed(q, count))))].sort(
      (a, b) => a - b,
    );
    const columns = lines.map(({ curve, count }) => {
      const at = new Map(curve.quantile.map((q, k) => [tailed(q, count), curve.skewMs[k]]));
      return xs.map((x) => at.get(x) ?? null);
    });
    const name = (x) => (x === xs[xs.length - 1] ? "max" : x === 0 ? "min" : percent(1 - 10 ** -x));
    const splits = [0, 0.30103, 1, 2, 3, 4, 5].filter((x) => x <= xs[xs.length - 1]);
    draw(element, () => ({
      data: [xs, ...columns],
      textAt: (k) =>
        [
          name(xs[k]),
          ...lines.map(({ label }, n) => (columns[n][k] === null ? "" : `${label}: ${signed(columns[n][k])}`)),
        ]
          .filter(Boolean)
          .join("\n"),
      options: {
        scales: {
          x: { time: false, range: [0, Math.max(xs[xs.length - 1], 1)] },
          y: { range: (_, low, high) => uPlot.rangeNum(Math.min(0, low), Math.max(1, high), 0.1, true) },
        },
        axes: [
          axis(
            "share of ticks at most as late",
            (_, shown) => shown.map((x) => (x === 0 ? "min" : percent(1 - 10 ** -x))),
            {
              splits: () => splits,
              size: 34,
            },
          ),
          msAxis("skew, ms"),
        ],
        series: [
          {},
          ...lines.map((_, n) => ({
            stroke: colour(`series-${(n % 4) + 1}`),
            dash: shapes[n % shapes.length],
            width: 2,
            spanGaps: true,
            points: { show: true, size: 5 },
          })),
        ],
      },
    }));
  }

  function secondChart(element, schedule) {
    const { second, count, min, mean, max } = schedule.charts.bySecond;
    draw(element, () => ({
      data: [second, mean, min, max],
      textAt: (k) =>
        `second ${second[k]}, ${count[k]} ticks\nmean ${signed(mean[k])}\nfrom ${signed(min[k])} to ${signed(max[k])}`,
      options: {
        scales: {
          x: { time: false, range: [-1, 60] },
          y: { range: (_, low, high) => uPlot.rangeNum(Math.min(0, low), Math.max(1, high), 0.1, true) },
        },
        axes: [
          axis("second of the minute", (_, splits) => splits.map(String), {
            splits: () => [0, 10, 20, 30, 40, 50, 59],
            size: 34,
          }),
          msAxis("delay, ms"),
        ],
        series: [
          {},
          { stroke: colour("series-1"), paths: () => null, points: { show: true, size: 7, fill: colour("series-1") } },
          { stroke: "transparent", paths: () => null, points: { show: false } },
          { stroke: "transparent", paths: () => null, points: { show: false } },
        ],
        plugins: [whiskers(second, min, max)],
      },
    }));
  }

  /** A line at each x from its least to its greatest value. */
  function whiskers(x, min, max) {
    return {
      hooks: {
        drawAxes: (u) => {
          u.ctx.save();
          u.ctx.strokeStyle = colour("series-2");
          u.ctx.lineWidth = 2 * devicePixelRatio;
          for (let k = 0; k < x.length; k++) {
            const left = u.valToPos(x[k], "x", true);
            u.ctx.beginPath();
            u.ctx.moveTo(left, u.valToPos(min[k], "y", true));
            u.ctx.lineTo(left, u.valToPos(max[k], "y", true));
            u.ctx.stroke();
          }
          u.ctx.restore();
        },
      },
    };
  }

  function lines(schedule) {
    const { dispatchSkew, startSkew } = schedule.charts;
    return [
      dispatchSkew && { label: "dispatch", curve: dispatchSkew.curve, count: schedule.dispatchSkewMs.count },
      startSkew && { label: "start", curve: startSkew.curve, count: schedule.startSkewMs.count },
    ].filter(Boolean);
  }

  const MAKERS = {
    delay: delayChart,
    "dispatch-histogram": (element, schedule) => histogramChart(element, schedule, "dispatchSkew"),
    "start-histogram": (element, schedule) => histogramChart(element, schedule, "startSkew"),
    curve: (element, schedule) => curveChart(element, lines(schedule)),
    second: secondChart,
    compare: (element) =>
      curveChart(
        element,
        report.schedules
          .filter(({ charts: { dispatchSkew } }) => dispatchSkew)
          .map(({ schedule, charts: { dispatchSkew }, dispatchSkewMs }) => ({
            label: schedule,
            curve: dispatchSkew.curve,
            count: dispatchSkewMs.count,
          })),
      ),
  };

  /** The strip's cells are in the page; here they get their tooltip, by mouse and by keys. */
  function strip(element) {
    const cells = [...element.querySelectorAll("i")];
    const tip = document.createElement("div");
    tip.className = "tip";
    element.append(tip);
    const show = (cell) => {
      for (const other of cells) other.classList.toggle("at", other === cell);
      tip.style.display = cell ? "block" : "none";
      if (!cell) return;
      tip.textContent = cell.dataset.tip;
      const middle = cell.offsetLeft + cell.offsetWidth / 2;
      tip.style.left = `${Math.max(0, Math.min(middle - tip.offsetWidth / 2, element.clientWidth - tip.offsetWidth))}px`;
      tip.style.top = "62px";
    };
    element.addEventListener("mousemove", (event) => show(event.target.closest("i") ?? undefined));
    for (const end of ["mouseleave", "blur"]) element.addEventListener(end, () => show(undefined));
    keys(element, cells.length, (at) => show(cells[at]));
  }

  function theme(name) {
    root.dataset.theme = name;
    button.textContent = name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Show in ${name === "dark" ? "light" : "dark"} colours`);
    for (const redraw of charts) redraw();
  }

  const button = document.getElementById("theme");
  button.hidden = false;
  button.addEventListener("click", () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
  dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
  for (const element of document.querySelectorAll("[data-chart]")) {
    MAKERS[element.dataset.chart](element, report.schedules[Number(element.dataset.schedule)]);
  }
  for (const element of document.querySelectorAll(".strip")) strip(element);
  theme(dark.matches ? "dark" : "light");
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const redraw of charts) redraw();
  });
})();
