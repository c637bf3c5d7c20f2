"use strict";
// Draws what the element "data" holds. Text from the data is set as text, never as markup; the
// charts' library reads a few tags in its labels, so there `plain` takes their meaning away.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const config = { displayModeBar: false, responsive: true };
  const drawn = new Map();

  const element = (id) => document.getElementById(id);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plain = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const palette = () => [colour("--accent"), colour("--bad"), colour("--good"), colour("--unsure"), colour("--muted")];

  function layout(options) {
    const axis = { gridcolor: colour("--line"), zeroline: false, linecolor: colour("--line"), automargin: true };
    return {
      margin: { l: 56, r: 12, t: 12, b: 48 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--ink"), family: "system-ui, sans-serif", size: 13 },
      colorway: palette(),
      legend: { orientation: "h", y: 1.12 },
      showlegend: options.showlegend === true,
      xaxis: { ...axis, ...options.xaxis },
      yaxis: { ...axis, ...options.yaxis },
      shapes: options.shapes || [],
    };
  }

  // Draws a chart, and again when the colours change.
  function chart(name, traces, options) {
    drawn.set(name, { traces, options });
    Plotly.newPlot("chart-" + name, traces(), layout(options()), config);
  }
  function redraw(name) {
    const { traces, options } = drawn.get(name);
    Plotly.react("chart-" + name, traces(), layout(options()), config);
  }

  // All that will be shown is there before the first chart asks how wide it may be.
  for (const name of Object.keys(data)) {
    const figure = element("figure-" + name);
    if (figure) {
      figure.hidden = false;
      element("charts").hidden = false;
    }
  }
  if (data.threshold) element("threshold").hidden = false;

  const share = (title) => ({ title: { text: title }, range: [-0.01, 1.01] });
  const lines = (curves) => () =>
    curves.map((curve) => ({ x: curve.x, y: curve.y, name: plain(curve.label), mode: "lines" }));
  const diagonal = () => ({
    type: "line", x0: 0, y0: 0, x1: 1, y1: 1, line: { color: colour("--muted"), dash: "dot", width: 1 },
  });

  if (data.roc) {
    chart("roc", lines(data.roc), () => ({
      xaxis: share("false positive rate"), yaxis: share("true positive rate"),
      showlegend: data.roc.length > 1, shapes: [diagonal()],
    }));
  }
  if (data.precision_recall) {
    chart("precision_recall", lines(data.precision_recall), () => ({
      xaxis: share("recall"), yaxis: share("precision"), showlegend: data.precision_recall.length > 1,
    }));
  }
  if (data.reliability) {
    const bins = data.reliability;
    const most = Math.max(...bins.samples);
    chart("reliability", () => [{
      x: bins.prob_pred, y: bins.prob_true, mode: "lines+markers", customdata: bins.samples,
      marker: { size: bins.samples.map((samples) => 5 + 17 * Math.sqrt(samples / most)) },
      hovertemplate: `${bins.predicted} %{x:.3f}, ${bins.observed} %{y:.3f}, %{customdata} samples<extra></extra>`,
    }], () => ({
      xaxis: share(bins.predicted + "; larger dots are more samples"), yaxis: share(bins.observed),
      shapes: [diagonal()],
    }));
  }
  if (data.positions) {
    const rows = data.positions;
    chart("positions", () => [{
      x: rows.positions, y: rows.cross_entropy, mode: "lines+markers", name: "loss",
      error_y: {
        type: "data", symmetric: false,
        array: rows.high.map((high, i) => high - rows.cross_entropy[i]),
        arrayminus: rows.low.map((low, i) => rows.cross_entropy[i] - low),
      },
    }], () => ({
      xaxis: { title: { text: "position in the text" }, type: "category" },
      yaxis: { title: { text: "nats a token" }, rangemode: "tozero" },
    }));
  }
  if (data.history) {
    const names = { loss: "training", val_loss: "validation" };
    chart("history", () => Object.entries(data.history).map(([name, values]) => ({
      x: values.map((_, i) => i + 1), y: values, name: names[name], mode: "lines+markers",
    })), () => ({
      xaxis: { title: { text: "epoch" }, dtick: 1 }, yaxis: { title: { text: "loss" }, rangemode: "tozero" },
      showlegend: true,
    }));
  }

  if (data.threshold) threshold(data.threshold);

  // One class against the rest at a time.
  function threshold(classes) {
    const slider = element("threshold-slider");
    const chooser = element("threshold-class");
    const rates = ["precision", "recall", "f1", "accuracy"];
    let counts, every;
    const ratio = (part, whole) => (whole === 0 ? 0 : part / whole);
    const at = (i) => {
      const [tn, fp, fn, tp] = [counts.tn[i], counts.fp[i], counts.fn[i], counts.tp[i]];
      return {
        tn, fp, fn, tp,
        precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn),
        f1: ratio(2 * tp, 2 * tp + fp + fn), accuracy: ratio(tp + tn, tp + tn + fp + fn),
      };
    };
    function choose(which) {
      counts = classes[which];
      every = counts.thresholds.map((_, i) => at(i));
      for (const place of ["positive", "positive-column", "positive-row"]) {
        element("threshold-" + place).textContent = counts.positive;
      }
      for (const place of ["negative-column", "negative-row"]) {
        element("threshold-" + place).textContent = counts.negative;
      }
      const half = counts.thresholds.findIndex((value) => value !== null && value >= 0.5);
      slider.max = String(counts.thresholds.length - 1);
      slider.value = String(half < 0 ? counts.thresholds.length - 1 : half);
    }
    const shown = (i) => (counts.thresholds[i] === null ? "more than any" : String(+counts.thresholds[i].toPrecision(6)));

    function show() {
      const i = Number(slider.value);
      const now = every[i];
      element("threshold-value").textContent = shown(i);
      slider.setAttribute("aria-valuetext", shown(i));
      for (const name of rates) {
        const place = element("threshold-" + name);
        place.textContent = now[name].toFixed(4);
        place.dataset.value = String(now[name]);
      }
      const totals = { tn: now.tn + now.fp, fp: now.tn + now.fp, fn: now.fn + now.tp, tp: now.fn + now.tp };
      for (const name of ["tn", "fp", "fn", "tp"]) {
        const cell = element("threshold-" + name);
        cell.textContent = now[name].toLocaleString("en-US");
        cell.dataset.value = String(now[name]);
        cell.style.setProperty("--share", String(ratio(now[name], totals[name])));
      }
      Plotly.relayout("chart-threshold", { shapes: [marker()] });
    }
    const marker = () => {
      const value = counts.thresholds[Number(slider.value)];
      return {
        type: "line", x0: value, x1: value, yref: "paper", y0: 0, y1: 1,
        line: { color: colour("--muted"), dash: "dash", width: 1.5 }, visible: value !== null,
      };
    };
    for (const one of classes) {
      const option = document.createElement("option");
      option.textContent = one.positive;
      chooser.append(option);
    }
    element("threshold-choice").hidden = classes.length === 1;
    choose(0);
    chart("threshold", () => ["precision", "recall", "f1"].map((name) => ({
      x: counts.thresholds, y: every.map((one) => one[name]), name: name === "f1" ? "F1" : name, mode: "lines",
    })), () => ({
      xaxis: { title: { text: "threshold" } }, yaxis: share(""), showlegend: true, shapes: [marker()],
    }));
    slider.addEventListener("input", show);
    chooser.addEventListener("change", () => {
      choose(chooser.selectedIndex);
      redraw("threshold");
      show();
    });
    show();
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const name of drawn.keys()) redraw(name);
  });
  document.documentElement.dataset.drawn = "yes";
})();
