// <fair-chart data-plan="…" data-library="…">: a chart drawn by ECharts once it or another of the page comes into
// sight: what is printed was drawn, though nobody scrolled there.
// Its plan is JSON in an attribute, its colours are the tokens of the style sheet, its data stand in the table beside
// it. The library is one pinned file of this installation; tooltips are drawn, not written as HTML, so that the
// policy needs no inline style.

const SERIES = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [12, 4], [3, 6]];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
const waiting = new Set();
let library;

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;

class FairChart extends HTMLElement {
  connectedCallback() {
    this.plan = JSON.parse(this.dataset.plan);
    waiting.add(this);
    this.watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.start());
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    waiting.delete(this);
    this.watcher?.disconnect();
    this.sizes?.disconnect();
    this.picture?.dispose();
  }

  async start() {
    if (!waiting.delete(this)) return;
    this.watcher.disconnect();
    library ||= import(this.dataset.library);
    await library;
    if (!this.isConnected) return;
    this.draw();
    this.sizes = new ResizeObserver(() => this.picture.resize());
    this.sizes.observe(this);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    waiting.forEach((other) => whenIdle(() => other.start()));
  }

  draw() {
    this.picture?.dispose();
    this.picture = globalThis.echarts.init(this, null, { renderer: "svg" });
    this.picture.setOption(option(this.plan, (name) => getComputedStyle(this).getPropertyValue(name).trim()));
    this.picture.on("click", ({ seriesIndex, dataIndex }) => {
      const href = this.plan.series[seriesIndex]?.hrefs[dataIndex];
      if (href) location.assign(href);
    });
    this.dataset.drawn = "yes";
  }
}

function option(plan, token) {
  const short = writer(plan, true);
  const exact = writer(plan, false);
  const line = token("--line");
  const ink = token("--ink-2");
  const places = { type: "category", data: plan.places, axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false }, axisLabel: { color: ink, hideOverlap: true }, boundaryGap: plan.kind === "bar", inverse: plan.sideways };
  const values = { type: "value", max: plan.share ? 1 : null, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, formatter: short } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: plan.title }, decal: { show: plan.kind === "bar" && plan.series.length > 1, decals: decals(token("--panel")) } },
    textStyle: { fontFamily: token("--font"), fontSize: 12 },
    color: SERIES.map(token),
    grid: { left: 8, right: 16, top: 12, bottom: plan.series.length > 1 ? 14 + 22 * Math.ceil(plan.series.length / 3) : 8, containLabel: true },
    legend: plan.series.length > 1 ? { bottom: 0, textStyle: { color: token("--ink") }, itemHeight: 10, icon: plan.kind === "bar" ? "rect" : undefined } : undefined,
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: token("--panel"), borderColor: token("--line-strong"), textStyle: { color: token("--ink"), fontSize: 12 }, axisPointer: { type: plan.kind === "bar" ? "shadow" : "line" },
      formatter: (points) => [points[0].name, ...points.map((point) => `${point.seriesName}  ${exact(plan.series[point.seriesIndex].values[point.dataIndex])}`)].join("\n"),
    },
    xAxis: plan.sideways ? values : places,
    yAxis: plan.sideways ? places : values,
    series: plan.series.map((each, at) => ({
      name: each.name, type: plan.kind, stack: plan.stacked ? "all" : undefined, barMaxWidth: 36, data: plan.share ? shares(plan, at) : each.values,
      symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: 6, showSymbol: plan.places.length < 40, lineStyle: { width: 2, type: DASHES[at % DASHES.length] }, cursor: each.hrefs.length ? "pointer" : "default",
    })),
  };
}

function decals(color) {
  const shared = { color, dashArrayX: [1, 0], rotation: 0 };
  return [
    { symbolSize: 0 }, { ...shared, dashArrayY: [2, 5], rotation: -Math.PI / 4 }, { symbol: "circle", symbolSize: 0.5, color, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [5, 0] },
    { ...shared, dashArrayY: [1, 5] }, { ...shared, dashArrayY: [2, 5], rotation: Math.PI / 4 }, { ...shared, dashArrayY: [1, 5], rotation: Math.PI / 2 },
  ];
}

function shares(plan, at) {
  return plan.places.map((_place, place) => {
    const whole = plan.series.reduce((sum, each) => sum + (each.values[place] || 0), 0);
    return whole ? (plan.series[at].values[place] || 0) / whole : null;
  });
}

function writer(plan, isShort) {
  const language = document.documentElement.lang || "en";
  const kind = plan.share && isShort ? "percent" : plan.figures;
  const options = { percent: { style: "percent", maximumFractionDigits: isShort ? 0 : 1 }, money: isShort ? { notation: "compact" } : { minimumFractionDigits: plan.digits, maximumFractionDigits: plan.digits } }[kind] || (isShort ? { notation: "compact" } : { maximumFractionDigits: 2 });
  const format = new Intl.NumberFormat(language, options);
  const scale = kind === "money" ? 10 ** plan.digits : 1;
  return (value) => (value === null || value === undefined ? "–" : `${kind === "money" && !isShort ? `${plan.currency} ` : ""}${format.format(value / scale)}`);
}

customElements.define("fair-chart", FairChart);
