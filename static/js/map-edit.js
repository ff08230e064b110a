// Drawing the map: a press adds a corner, corners are dragged, a press on a building's turn puts its point.
// What is drawn goes into the form's own fields; saving is the form's business.
const drawn = JSON.parse(document.getElementById("drawn").textContent);
const box = document.getElementById("map");
const how = document.getElementById("how");
const HOME = [39.9, 116.4];
let turn = null;

for (const hidden of [box, how, ...document.querySelectorAll("[data-draw], [data-undo], [data-point]")]) hidden.hidden = false;
const map = L.map(box, { attributionControl: false, zoomAnimation: false, zoomSnap: 0.25 });
map.zoomControl.remove();
L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);

function word(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}
const known = L.featureGroup();
for (const { shape, name } of drawn.grids) {
  const corners = L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "Polygon" ? 1 : 2);
  L.polygon(corners, { className: "area l1", interactive: false }).bindTooltip(word(name), { permanent: true, direction: "center" }).addTo(known);
}
for (const { shape, name } of drawn.buildings) L.circleMarker(shape, { radius: 5, className: "point l0", interactive: false }).bindTooltip(word(name)).addTo(known);
if (known.getLayers().length) map.fitBounds(known.getBounds(), { padding: [24, 24], maxZoom: 19 });
else map.setView(HOME, 15);
known.addTo(map);
const draft = L.layerGroup().addTo(map);

const round = (value) => Number(value.toFixed(6));
const degrees = ({ lng, lat }) => [round(lng), round(lat)];

// The corners so far, each to be dragged; three of them make an area, and the field follows.
function redraw() {
  draft.clearLayers();
  L.polygon(turn.corners, { className: "draft", interactive: false }).addTo(draft);
  turn.corners.forEach((at, index) => {
    const corner = L.circleMarker(at, { radius: 8, className: "corner", bubblingMouseEvents: false }).addTo(draft);
    corner.on("mousedown", () => drag(index));
  });
  const ring = turn.corners.map(degrees);
  turn.field.value = ring.length < 3 ? "" : JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
  how.textContent = ring.length < 3 ? `正在画${turn.name}：已有 ${ring.length} 个角，至少三个。` : `${turn.name}有 ${ring.length} 个角；拖动可改，画完点“保存${turn.name}”。`;
}

function drag(index) {
  const follow = (event) => {
    turn.corners[index] = event.latlng;
    redraw();
  };
  map.dragging.disable();
  map.on("mousemove", follow);
  map.once("mouseup", () => {
    map.off("mousemove", follow);
    map.dragging.enable();
    turn.dragged = true;
    setTimeout(() => { turn.dragged = false; });
  });
}

map.on("click", ({ latlng }) => {
  if (!turn || turn.dragged) return;
  if (turn.corners) {
    turn.corners.push(latlng);
    redraw();
    return;
  }
  draft.clearLayers();
  L.circleMarker(latlng, { radius: 8, className: "corner", interactive: false }).addTo(draft);
  [turn.lon.value, turn.lat.value] = degrees(latlng);
  how.textContent = `${turn.name}放在这里，点“保存${turn.name}”。`;
});

document.addEventListener("click", ({ target }) => {
  const { draw, point, name, undo } = target.dataset;
  if (draw) {
    turn = { name, corners: [], field: document.getElementById(`g${draw}`) };
    redraw();
  } else if (point) {
    turn = { name, lon: document.getElementById(`lon${point}`), lat: document.getElementById(`lat${point}`) };
    how.textContent = `点地图，标出${name}。`;
  } else if (undo !== undefined && turn?.corners?.length) {
    turn.corners.pop();
    redraw();
  }
});
