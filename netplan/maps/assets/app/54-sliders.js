// Sliders: time of day and budget. Each step has a label and a sentence; time can be played.
(function (np) {
  "use strict";

  const STEP_MS = 1200;

  function player(slider, go) {
    const button = np.el("button", { type: "button", class: "play" }, ["Play"]);
    let timer = 0;
    const stop = () => {
      window.clearInterval(timer);
      timer = 0;
      button.textContent = "Play";
    };
    button.addEventListener("click", () => {
      if (timer) {
        stop();
        return;
      }
      const last = slider.steps.length - 1;
      if (np.state.step[slider.id] >= last) go(0);
      button.textContent = "Pause";
      timer = window.setInterval(() => {
        const next = np.state.step[slider.id] + 1;
        go(next);
        if (next >= last) stop();
      }, STEP_MS);
    });
    return { button, stop };
  }

  function control(slider) {
    const last = slider.steps.length - 1;
    const id = `slider-${slider.id}`;
    const input = np.el("input", { id, type: "range", min: "0", max: String(last), step: "1" }, []);
    const output = np.el("output", { for: id }, []);
    const note = np.el("p", { class: "note" }, []);
    const go = (at) => np.set({ step: { [slider.id]: at } });
    const label = np.el("label", { for: id }, [slider.title]);
    const row = np.el("div", { class: "slide" }, [input]);
    let stop = () => {};
    // Nothing moves by itself for people who asked their system for that.
    if (slider.id === "time" && last > 0 && !np.prefersStill()) {
      const made = player(slider, go);
      made.button.setAttribute("aria-describedby", id);
      stop = made.stop;
      row.appendChild(made.button);
    }
    input.addEventListener("input", () => {
      stop();
      go(Number(input.value));
    });
    const update = () => {
      const at = np.state.step[slider.id];
      input.value = String(at);
      input.setAttribute("aria-valuetext", slider.steps[at]);
      output.textContent = slider.steps[at];
      note.textContent = (slider.notes || [])[at] || "";
      note.hidden = !note.textContent;
    };
    const node = np.el("div", { class: "slider" }, [label, row, output, note]);
    return { node, update };
  }

  function sliders() {
    if (np.data.sliders.length === 0) return;
    const part = np.part("sliders");
    const controls = np.data.sliders.map(control);
    part.append(...controls.map((one) => one.node));
    const update = () => controls.forEach((one) => one.update());
    np.onChange((state, changed) => {
      if (np.touches(changed, ["step"])) update();
    });
    update();
  }

  np.onStart(sliders);
})(window.netplan);
