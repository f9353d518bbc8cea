// Draws the PMTiles extract that stands in the page beneath the layers of one map.
window.drawExtract = (function () {
  "use strict";
  let tiles = null;

  const open = () => {
    const island = document.getElementById("netplan-pmtiles");
    const text = atob(island.textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    island.textContent = "";
    return new pmtiles.PMTiles({
      getKey: () => "inside",
      getBytes: (at, size) => Promise.resolve({ data: bytes.buffer.slice(at, at + size) }),
    });
  };

  return (map) => {
    tiles = tiles || open();
    // Beyond its closest zoom the extract is enlarged; without being told, 15 would be asked for.
    tiles.getHeader().then((header) => {
      const options = { url: tiles, flavor: "white", lang: "en", maxDataZoom: header.maxZoom };
      protomapsL.leafletLayer(options).addTo(map);
    });
  };
})();
