"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (id) => document.getElementById(id);
  const stage = $("stage"), svg = stage.querySelector("svg"), status = $("status");
  const boxes = [...svg.querySelectorAll(".entity")];
  const lines = [...svg.querySelectorAll(".relation")];
  const items = [...$("list").children];
  const full = svg.viewBox.baseVal;
  const whole = { x: 0, y: 0, w: full.width, h: full.height };
  let view = { ...whole };

  // The part of the drawing that is seen. One that is smaller than the stage is
  // centred by the browser.
  const show = () => svg.setAttribute("viewBox", [view.x, view.y, view.w, view.h].map((n) => n.toFixed(1)).join(" "));
  const scale = () => Math.max(view.w / svg.clientWidth, view.h / svg.clientHeight);
  const fit = () => { view = { ...whole }; show(); };
  const move = (dx, dy) => { view.x += dx; view.y += dy; show(); };
  const zoom = (factor, x = view.x + view.w / 2, y = view.y + view.h / 2) => {
    const limited = Math.min(Math.max(view.w * factor, 200), whole.w * 4) / view.w;
    view = { x: x - (x - view.x) * limited, y: y - (y - view.y) * limited, w: view.w * limited, h: view.h * limited };
    show();
  };
  const place = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(svg.getScreenCTM().inverse());
  };
  const goTo = (box) => {
    const b = box.querySelector(".box"), shift = box.parentNode.transform.baseVal.consolidate().matrix;
    const n = (name) => Number(b.getAttribute(name));
    const w = Math.max(n("width") * 3, 900), h = w * svg.clientHeight / svg.clientWidth;
    view = { x: n("x") + shift.e + n("width") / 2 - w / 2, y: n("y") + shift.f + n("height") / 2 - h / 2, w, h };
    show();
  };

  // What is chosen, and what the filter leaves.
  let chosen = null;
  const matches = (item) => item.textContent.toLowerCase().includes($("filter").value.trim().toLowerCase());
  const refresh = () => {
    const kept = new Set(items.filter(matches).map((item) => item.dataset.id));
    const near = new Set();
    if (chosen !== null) {
      near.add(chosen);
      for (const line of lines) {
        if (line.dataset.from === chosen) near.add(line.dataset.to);
        if (line.dataset.to === chosen) near.add(line.dataset.from);
      }
    }
    const seen = (id) => (chosen === null ? kept : near).has(id);
    for (const item of items) {
      item.hidden = !kept.has(item.dataset.id);
      item.classList.toggle("chosen", item.dataset.id === chosen);
    }
    $("none").hidden = kept.size > 0;
    for (const box of boxes) {
      box.classList.toggle("faint", !seen(box.dataset.id));
      box.classList.toggle("chosen", box.dataset.id === chosen);
      box.setAttribute("aria-pressed", String(box.dataset.id === chosen));
    }
    for (const line of lines) {
      const ends = [line.dataset.from, line.dataset.to];
      const touches = chosen !== null && ends.includes(chosen);
      line.classList.toggle("near", touches);
      line.classList.toggle("faint", chosen === null ? !ends.every(seen) : !touches);
      if (touches) line.parentNode.insertBefore(line, boxes[0]);
    }
  };
  const choose = (id) => { chosen = id; refresh(); };
  const toggle = (id) => choose(chosen === id ? null : id);

  for (const box of boxes) {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", box.querySelector(".name").textContent);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        toggle(box.dataset.id);
      }
    });
  }
  for (const item of items) {
    item.firstElementChild.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(item.dataset.id);
      goTo(boxes.find((box) => box.dataset.id === item.dataset.id));
    });
  }
  $("filter").addEventListener("input", () => choose(null));
  $("filter").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const first = items.find((item) => !item.hidden);
    if (first) first.firstElementChild.click();
  });

  // Dragging moves, a click without a drag chooses.
  let drag = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, y: event.clientY, moved: false, box: event.target.closest(".entity") };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag.moved = true;
    stage.classList.add("moving");
    move(-dx * scale(), -dy * scale());
    drag.x = event.clientX;
    drag.y = event.clientY;
  });
  window.addEventListener("pointerup", () => {
    if (drag && !drag.moved) {
      if (drag.box) toggle(drag.box.dataset.id);
      else choose(null);
    }
    drag = null;
    stage.classList.remove("moving");
  });
  window.addEventListener("pointercancel", () => { drag = null; stage.classList.remove("moving"); });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = place(event);
    zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) / 400), at.x, at.y);
  }, { passive: false });

  const step = 60;
  const keys = {
    ArrowLeft: () => move(-step * scale(), 0), ArrowRight: () => move(step * scale(), 0),
    ArrowUp: () => move(0, -step * scale()), ArrowDown: () => move(0, step * scale()),
    "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), 0: fit,
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    $("filter").value = "";
    choose(null);
  });
  $("zoom-in").addEventListener("click", () => zoom(0.8));
  $("zoom-out").addEventListener("click", () => zoom(1.25));
  $("fit").addEventListener("click", fit);

  // Copying and saving.
  const say = (text) => { status.textContent = text; };
  const mermaid = $("mermaid").textContent;
  const copyOldWay = () => {
    const area = document.createElement("textarea");
    area.value = mermaid;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  $("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(mermaid);
      say("Copied");
    } catch {
      say(copyOldWay() ? "Copied" : "Cannot copy here: see Mermaid at the end of the page");
    }
  });
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("Saved " + name);
  };
  $("save-mermaid").addEventListener("click", () => save("database_diagram.mmd", "text/plain;charset=utf-8", mermaid));
  $("save-svg").addEventListener("click", () => {
    const copy = svg.cloneNode(true);
    copy.setAttribute("viewBox", `0 0 ${whole.w} ${whole.h}`);
    for (const node of copy.querySelectorAll("[tabindex]")) {
      for (const name of ["tabindex", "role", "aria-label", "aria-pressed"]) node.removeAttribute(name);
    }
    for (const node of copy.querySelectorAll(".faint, .chosen, .near")) node.classList.remove("faint", "chosen", "near");
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = $("diagram-style").textContent;
    copy.prepend(style);
    save("database_diagram.svg", "image/svg+xml", '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(copy));
  });
  fit();
})();
