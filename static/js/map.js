// The map that a mouse or finger moves, in place of the drawing from the server. No tiles: it works without a network.
// Texts go in as text nodes; Leaflet would read strings as markup.
const plan = document.getElementById("plan");
const NARROW = 600;

function word(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

// GeoJSON has the longitude first, Leaflet the latitude.
function drawn(shape) {
  return L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "Polygon" ? 1 : 2);
}

function area(spot) {
  return L.polygon(drawn(spot.shape), { className: `area l${spot.level}`, interactive: false });
}

function point(spot, map) {
  const radius = map.getSize().x < NARROW ? 9 : 13;
  const circle = L.circleMarker(spot.shape, { radius, className: `point l${spot.level}` });
  if (spot.count) circle.bindTooltip(word(spot.count), { permanent: true, direction: "center", className: `on${spot.level}` });
  circle.on("click", () => location.assign(spot.href));
  circle.addTo(map);
  const path = circle.getElement();
  path.setAttribute("tabindex", "0");
  path.setAttribute("role", "link");
  path.setAttribute("aria-label", `${spot.name}，${JSON.parse(plan.textContent).word} ${spot.count}`);
  path.addEventListener("keydown", (event) => {
    if (event.key === "Enter") location.assign(spot.href);
  });
}

if (plan) {
  const { grids, buildings } = JSON.parse(plan.textContent);
  const box = document.getElementById("map");
  box.querySelector("svg").remove();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, { attributionControl: false, zoomAnimation: !calm, zoomSnap: 0.1, scrollWheelZoom: false });
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  const areas = L.featureGroup(grids.map(area));
  const bounds = L.latLngBounds(buildings.map((spot) => spot.shape));
  if (grids.length) bounds.extend(areas.getBounds());
  map.fitBounds(bounds, { padding: [12, 12], maxZoom: 19, animate: false });
  areas.addTo(map);
  for (const spot of grids) {
    L.tooltip({ permanent: true, direction: "center" }).setLatLng(spot.label).setContent(word(`${spot.name} ${spot.count}`)).addTo(map);
  }
  for (const spot of buildings) point(spot, map);
}
