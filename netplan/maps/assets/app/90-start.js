// Builds the page once its maps are attached (np.attach) and its data can be read.
(function (np) {
  "use strict";

  const start = () => {
    try {
      np.load();
      np.prepareState();
      np.buildMaps();
      np.runStarters();
      np.settleMaps();
      Object.freeze(np);
      document.documentElement.dataset.ready = "true";
    } catch (error) {
      document.documentElement.dataset.ready = "failed";
      np.fail(error);
    }
  };

  // Folium's script, which attaches the maps, may stand after this one.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})(window.netplan);
