// Shows the figures of report.html's charts at the pointer and by the arrow keys, and switches between light and dark.
for (const chart of document.querySelectorAll("[data-at]")) {
  const box = chart.firstElementChild;
  const places = chart.dataset.at.split(" ").map(Number);
  const { tHead, tBodies } = chart.closest(".card").querySelector("details table");
  const heads = [...tHead.rows[0].cells].map((head) => head.textContent.split(", "));
  const cursor = document.createElement("div");
  cursor.className = "cursor";
  cursor.hidden = true;
  const tip = cursor.appendChild(document.createElement("div"));
  tip.className = "tip";
  box.append(cursor);
  let at = -1;

  /** Shows row k of the table at its place; none with -1. */
  const show = (k) => {
    at = k;
    cursor.hidden = k < 0;
    if (k < 0) return;
    const cells = [...tBodies[0].rows[k].cells].map((cell) => cell.textContent);
    const lines = heads.map(([name, unit = ""], n) => (cells[n] ? `${name} ${cells[n]} ${unit}`.trim() : ""));
    tip.textContent = lines.filter(Boolean).join("\n");
    cursor.style.setProperty("--at", `${places[k]}%`);
  };
  chart.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = box.getBoundingClientRect();
    const pointed = (100 * (clientX - left)) / width;
    const distance = (k) => Math.abs(places[k] - pointed);
    show(places.reduce((nearest, _, k) => (distance(k) < distance(nearest) ? k : nearest), 0));
  });
  for (const end of ["pointerleave", "blur"]) chart.addEventListener(end, () => show(-1));
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(Math.max(0, Math.min(places.length - 1, at + step)));
  });
}

const { style } = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const button = document.getElementById("theme");
const theme = (isDark) => {
  style.colorScheme = isDark ? "dark" : "light";
  button.textContent = isDark ? "Light" : "Dark";
  button.setAttribute("aria-label", `Show in ${isDark ? "light" : "dark"} colours`);
};
button.hidden = false;
button.addEventListener("click", () => theme(style.colorScheme === "light"));
dark.addEventListener("change", () => theme(dark.matches));
theme(dark.matches);
