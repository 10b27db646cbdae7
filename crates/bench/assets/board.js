// The ticker's speed is the wall's; the way is the line and the screen.
const line = document.querySelector(".line");
const way = 1920 + line.offsetWidth;
line.style.setProperty("--seconds", way / Number(document.body.dataset.speed) + "s");

const clock = document.querySelector(".clock");
setInterval(() => {
  const time = new Date().toLocaleTimeString("zh-CN",
    { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  if (clock.textContent !== time) clock.textContent = time;
}, 1000);

// When the browser itself says that there was something to see, as Unix time in milliseconds.
const told = document.body.dataset.told;
if (told) {
  new PerformanceObserver((list) => {
    for (const paint of list.getEntriesByName("first-contentful-paint"))
      new Image().src = told + (performance.timeOrigin + paint.startTime);
  }).observe({ type: "paint", buffered: true });
}
